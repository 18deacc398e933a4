package dev.weft.tensor;

import java.util.Arrays;

/** The extents of a tensor, outermost first; {@code []} is the shape of a scalar. Immutable. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final int numel;

  private Shape(int[] dims) {
    this.dims = dims;
    this.numel = count(dims);
  }

  private static int count(int[] dims) {
    boolean empty = false;
    for (int dim : dims) {
      if (dim < 0) {
        throw new TensorException("shape: negative extent in " + Arrays.toString(dims));
      }
      empty |= dim == 0;
    }
    long product = empty ? 0 : 1;
    for (int dim : dims) {
      product *= dim;
      if (product > Integer.MAX_VALUE) {
        throw new TensorException(
            "shape: "
                + Arrays.toString(dims)
                + " has more than 2^31 - 1 elements; split it along its first axis");
      }
    }
    return (int) product;
  }

  /** The shape with these extents; no extents give a scalar. */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Extent of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** Number of elements: the product of the extents, 1 for a scalar. */
  public int numel() {
    return numel;
  }

  /** A copy of the extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** The axis as a number from 0: negative ones count from the end. */
  public int axis(int axis) {
    int resolved = axis < 0 ? axis + dims.length : axis;
    if (resolved < 0 || resolved >= dims.length) {
      throw new TensorException(
          "axis " + axis + " does not exist in shape " + this + " of rank " + dims.length);
    }
    return resolved;
  }

  /** This shape with one extent replaced. */
  public Shape with(int axis, int extent) {
    int[] changed = dims.clone();
    changed[axis(axis)] = extent;
    return new Shape(changed);
  }

  /** Strides, in elements, of a row-major tensor of this shape. */
  public int[] contiguousStrides() {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(dims[axis], 1);
    }
    return strides;
  }

  /**
   * The shape both operands are stretched to: axes are aligned at the end, an extent of 1
   * stretches.
   *
   * @param op the operation's name, for the error
   */
  public static Shape broadcast(String op, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int[] result = new int[Math.max(a.rank(), b.rank())];
    for (int fromEnd = 1; fromEnd <= result.length; fromEnd++) {
      int x = fromEnd <= a.rank() ? a.dims[a.rank() - fromEnd] : 1;
      int y = fromEnd <= b.rank() ? b.dims[b.rank() - fromEnd] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new TensorException(
            op
                + ": shapes do not broadcast: "
                + a
                + " and "
                + b
                + " (extents "
                + x
                + ", "
                + y
                + ")");
      }
      result[result.length - fromEnd] = x == 1 ? y : x;
    }
    return new Shape(result);
  }

  /** Whether {@code this} stretches to {@code target} by broadcasting. */
  public boolean broadcastsTo(Shape target) {
    if (rank() > target.rank()) {
      return false;
    }
    for (int fromEnd = 1; fromEnd <= rank(); fromEnd++) {
      int own = dims[rank() - fromEnd];
      if (own != 1 && own != target.dims[target.rank() - fromEnd]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
