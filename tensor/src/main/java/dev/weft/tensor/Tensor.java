package dev.weft.tensor;

import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;

/**
 * Numbers: a strided view (type, shape, strides, offset) over a {@link Storage}. Reshape,
 * transpose, slice and expand make further views and copy nothing; {@link Ops} computes.
 */
public final class Tensor {
  private final Storage storage;
  private final Shape shape;
  private final int[] strides;
  private final int offset;

  private Tensor(Storage storage, Shape shape, int[] strides, int offset) {
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  /** A row-major tensor over a storage, from element {@code offset} on. */
  public static Tensor over(Storage storage, Shape shape, int offset) {
    if (offset < 0 || (long) offset + shape.numel() > storage.length()) {
      throw new TensorException(
          "tensor: " + shape + " at " + offset + " exceeds a storage of " + storage.length());
    }
    return new Tensor(storage, shape, shape.contiguousStrides(), offset);
  }

  /** Uninitialised elements on a device: to be overwritten. */
  public static Tensor empty(DType dtype, Shape shape, Device device) {
    return over(Scope.allocate(Backends.of(device), dtype, shape.numel()), shape, 0);
  }

  /** The same value everywhere. */
  public static Tensor full(DType dtype, Shape shape, Device device, double value) {
    Tensor result = empty(dtype, shape, device);
    Backends.of(device).fill(result, value);
    return result;
  }

  /** Zeros on the CPU. */
  public static Tensor zeros(DType dtype, int... dims) {
    return full(dtype, Shape.of(dims), Device.CPU, 0);
  }

  /** A scalar on the CPU. */
  public static Tensor scalar(DType dtype, double value) {
    return full(dtype, Shape.of(), Device.CPU, value);
  }

  /** An F32 tensor over {@code values}, which it shares; no {@code dims}: one axis. */
  public static Tensor of(float[] values, int... dims) {
    return wrap(DType.F32, values, values.length, dims);
  }

  /** An F64 tensor over {@code values}, which it shares; no {@code dims}: one axis. */
  public static Tensor of(double[] values, int... dims) {
    return wrap(DType.F64, values, values.length, dims);
  }

  /** An I32 tensor over {@code values}, which it shares; no {@code dims}: one axis. */
  public static Tensor of(int[] values, int... dims) {
    return wrap(DType.I32, values, values.length, dims);
  }

  /** An I64 tensor over {@code values}, which it shares; no {@code dims}: one axis. */
  public static Tensor of(long[] values, int... dims) {
    return wrap(DType.I64, values, values.length, dims);
  }

  /** A BOOL tensor holding {@code values}; no {@code dims}: one axis. */
  public static Tensor of(boolean[] values, int... dims) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return wrap(DType.BOOL, bytes, bytes.length, dims);
  }

  private static Tensor wrap(DType dtype, Object array, int length, int[] dims) {
    Shape shape = dims.length == 0 ? Shape.of(length) : Shape.of(dims);
    if (shape.numel() != length) {
      throw new TensorException(
          "tensor: " + length + " values do not fill shape " + shape + " of " + shape.numel());
    }
    return over(HeapStorage.of(dtype, array), shape, 0);
  }

  /** Element type. */
  public DType dtype() {
    return storage.dtype();
  }

  /** Extents. */
  public Shape shape() {
    return shape;
  }

  /** Where the elements live. */
  public Device device() {
    return storage.device();
  }

  /** The elements this is a view of. */
  public Storage storage() {
    return storage;
  }

  /** Storage index of the first element. */
  public int offset() {
    return offset;
  }

  /** Extent of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return shape.dim(axis);
  }

  /** Number of axes. */
  public int rank() {
    return shape.rank();
  }

  /** Number of elements. */
  public int numel() {
    return shape.numel();
  }

  /** Distance, in elements, between neighbours along an axis; negative axes count from the end. */
  public int stride(int axis) {
    return strides[shape.axis(axis)];
  }

  /** A copy of all strides. */
  public int[] strides() {
    return strides.clone();
  }

  /** Whether the elements lie row-major without gaps. */
  public boolean isContiguous() {
    int expected = 1;
    for (int axis = rank() - 1; axis >= 0; axis--) {
      if (shape.dim(axis) != 1 && strides[axis] != expected) {
        return numel() == 0;
      }
      expected *= shape.dim(axis);
    }
    return true;
  }

  /**
   * The same elements in another shape; one extent may be -1 and is inferred. A view where the
   * strides allow it, else a copy.
   */
  public Tensor reshape(int... dims) {
    Shape target = inferred(dims);
    if (target.equals(shape)) {
      return this;
    }
    Tensor source = isContiguous() ? this : Ops.contiguous(this);
    return new Tensor(source.storage, target, target.contiguousStrides(), source.offset);
  }

  private Shape inferred(int[] dims) {
    int[] known = dims.clone();
    long product = 1;
    int unknown = -1;
    for (int axis = 0; axis < known.length; axis++) {
      if (known[axis] == -1 && unknown < 0) {
        unknown = axis;
      } else {
        product *= known[axis];
      }
    }
    if (unknown >= 0 && product != 0) {
      known[unknown] = (int) (numel() / product);
      product *= known[unknown];
    }
    if (product != numel() || (unknown >= 0 && known[unknown] < 0)) {
      throw new TensorException(
          "reshape: " + shape + " of " + numel() + " elements into " + Arrays.toString(dims));
    }
    return Shape.of(known);
  }

  /** A view with two axes exchanged. */
  public Tensor transpose(int axis0, int axis1) {
    int[] order = new int[rank()];
    Arrays.setAll(order, axis -> axis);
    order[shape.axis(axis0)] = shape.axis(axis1);
    order[shape.axis(axis1)] = shape.axis(axis0);
    return permute(order);
  }

  /** A view whose axis {@code i} is this tensor's axis {@code order[i]}. */
  public Tensor permute(int... order) {
    int[] dims = new int[rank()];
    int[] permuted = new int[rank()];
    boolean[] seen = new boolean[rank()];
    if (order.length != rank()) {
      throw new TensorException("permute: " + Arrays.toString(order) + " of shape " + shape);
    }
    for (int i = 0; i < order.length; i++) {
      int axis = shape.axis(order[i]);
      if (seen[axis]) {
        throw new TensorException("permute: axis " + axis + " twice in " + Arrays.toString(order));
      }
      seen[axis] = true;
      dims[i] = shape.dim(axis);
      permuted[i] = strides[axis];
    }
    return new Tensor(storage, Shape.of(dims), permuted, offset);
  }

  /** A view of the indices {@code from} (included) to {@code to} (excluded) of an axis. */
  public Tensor slice(int axis, int from, int to) {
    int sliced = shape.axis(axis);
    if (from < 0 || to < from || to > shape.dim(sliced)) {
      throw new TensorException(
          "slice: [" + from + ", " + to + ") of axis " + sliced + " of shape " + shape);
    }
    Shape cut = shape.with(sliced, to - from);
    // Nothing starts nowhere: an index past the storage's end would trip whoever copies it.
    int start = cut.numel() == 0 ? offset : offset + from * strides[sliced];
    return new Tensor(storage, cut, strides, start);
  }

  /** A view at one index of an axis, which disappears. */
  public Tensor select(int axis, int index) {
    int selected = shape.axis(axis);
    return slice(selected, index, index + 1).squeeze(selected);
  }

  /** A view without an axis of extent 1. */
  public Tensor squeeze(int axis) {
    int gone = shape.axis(axis);
    if (shape.dim(gone) != 1) {
      throw new TensorException("squeeze: axis " + gone + " of shape " + shape + " is not 1");
    }
    return new Tensor(
        storage, Shape.of(without(shape.dims(), gone)), without(strides, gone), offset);
  }

  private static int[] without(int[] values, int at) {
    int[] result = new int[values.length - 1];
    System.arraycopy(values, 0, result, 0, at);
    System.arraycopy(values, at + 1, result, at, result.length - at);
    return result;
  }

  /** A view with a new axis of extent 1; {@code axis} counts in the result. */
  public Tensor unsqueeze(int axis) {
    int at = axis < 0 ? axis + rank() + 1 : axis;
    if (at < 0 || at > rank()) {
      throw new TensorException("unsqueeze: axis " + axis + " of shape " + shape);
    }
    int[] dims = new int[rank() + 1];
    int[] inserted = new int[rank() + 1];
    for (int i = 0; i <= rank(); i++) {
      dims[i] = i == at ? 1 : shape.dim(i < at ? i : i - 1);
      inserted[i] = i == at ? 0 : strides[i < at ? i : i - 1];
    }
    return new Tensor(storage, Shape.of(dims), inserted, offset);
  }

  /** A view stretched by broadcasting: new axes come first, extents of 1 repeat with stride 0. */
  public Tensor expand(Shape target) {
    if (target.equals(shape)) {
      return this;
    }
    if (!shape.broadcastsTo(target)) {
      throw new TensorException("expand: " + shape + " does not broadcast to " + target);
    }
    int[] stretched = new int[target.rank()];
    int added = target.rank() - rank();
    for (int axis = 0; axis < rank(); axis++) {
      boolean repeats = shape.dim(axis) == 1 && target.dim(axis + added) != 1;
      stretched[axis + added] = repeats ? 0 : strides[axis];
    }
    return new Tensor(storage, target, stretched, offset);
  }

  /** The same tensor if it is on that device; else a row-major copy there. */
  public Tensor to(Device target) {
    if (device().equals(target)) {
      return this;
    }
    Tensor result = empty(dtype(), shape, target);
    Backends.of(target).upload(toHost(), result);
    return result;
  }

  /** The only element. */
  public double item() {
    if (numel() != 1) {
      throw new TensorException("item: shape " + shape + " has " + numel() + " elements, not 1");
    }
    return toDoubles()[0];
  }

  /** All elements in row-major order, converted, in an array of their own. */
  public double[] toDoubles() {
    HeapStorage host = toHost();
    double[] values = new double[numel()];
    Arrays.setAll(values, host::get);
    return values;
  }

  /** All elements in row-major order, converted, in an array of their own. */
  public float[] toFloats() {
    HeapStorage host = toHost();
    if (dtype() == DType.F32) {
      return Arrays.copyOf(host.floats(), numel());
    }
    float[] values = new float[numel()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) host.get(i);
    }
    return values;
  }

  /** All elements in row-major order, exactly, in an array of their own; for integer types. */
  public long[] toLongs() {
    HeapStorage host = toHost();
    long[] values = new long[numel()];
    Arrays.setAll(values, host::getLong);
    return values;
  }

  /** All elements in row-major order, converted, in an array of their own. */
  public int[] toInts() {
    HeapStorage host = toHost();
    int[] values = new int[numel()];
    Arrays.setAll(values, i -> Math.toIntExact(host.getLong(i)));
    return values;
  }

  private HeapStorage toHost() {
    Tensor source = isContiguous() ? this : Ops.contiguous(this);
    return Backends.of(device()).download(source);
  }

  @Override
  public String toString() {
    return dtype() + shape.toString() + (device().equals(Device.CPU) ? "" : "@" + device());
  }
}
