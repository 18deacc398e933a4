package dev.weft.cuda;

import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The way through tensors of one shape in row-major order, as {@code layout.cuh} reads it: axes of
 * extent 1 are left out, neighbouring axes that every tensor steps through evenly become one.
 */
final class Layout {
  /** Axes that a kernel can take. */
  static final int AXES = 8;

  private final int[] extents;

  /** By tensor, then by axis; axes from the innermost. */
  private final int[][] strides;

  private Layout(int[] extents, int[][] strides) {
    this.extents = extents;
    this.strides = strides;
  }

  /**
   * Of tensors of the same shape.
   *
   * @throws CudaException unless they {@linkplain #fits fit}
   */
  static Layout of(Tensor... tensors) {
    int[][] strides = new int[tensors.length][];
    Arrays.setAll(strides, t -> tensors[t].strides());
    return of(tensors[0].shape().dims(), strides);
  }

  /** Whether kernels can walk tensors of the same shape together. */
  static boolean fits(Tensor... tensors) {
    int[][] strides = new int[tensors.length][];
    Arrays.setAll(strides, t -> tensors[t].strides());
    return fits(tensors[0].shape().dims(), strides);
  }

  /** The same of extents and strides. */
  static boolean fits(int[] dims, int[][] from) {
    return dims.length <= AXES || joined(dims, from).axes() <= AXES;
  }

  /** Of extents, outermost first, and the strides that each tensor has for them. */
  static Layout of(int[] dims, int[][] from) {
    Layout layout = joined(dims, from);
    if (layout.axes() > AXES) {
      throw new CudaException(
          "tensors of %s have %d axes that do not join; %d is what a kernel takes"
              .formatted(Arrays.toString(dims), layout.axes(), AXES));
    }
    return layout;
  }

  private static Layout joined(int[] dims, int[][] from) {
    int rank = dims.length;
    int[] extents = new int[Math.max(rank, 1)];
    int[][] strides = new int[from.length][Math.max(rank, 1)];
    int axes = 0;
    for (int axis = rank - 1; axis >= 0; axis--) {
      if (dims[axis] == 1) {
        continue;
      }
      if (axes > 0 && joins(from, axis, strides, axes - 1, extents[axes - 1])) {
        extents[axes - 1] *= dims[axis];
        continue;
      }
      extents[axes] = dims[axis];
      for (int t = 0; t < from.length; t++) {
        strides[t][axes] = from[t][axis];
      }
      axes++;
    }
    int used = Math.max(axes, 1);
    extents[0] = axes == 0 ? 1 : extents[0];
    Arrays.setAll(strides, t -> Arrays.copyOf(strides[t], used));
    return new Layout(Arrays.copyOf(extents, used), strides);
  }

  private static boolean joins(int[][] from, int axis, int[][] strides, int inner, int extent) {
    for (int t = 0; t < from.length; t++) {
      if (from[t][axis] != strides[t][inner] * extent) {
        return false;
      }
    }
    return true;
  }

  /** Axes that are left, 1 at least. */
  int axes() {
    return extents.length;
  }

  /** Extent of an axis; axes count from the innermost. */
  int extent(int axis) {
    return extents[axis];
  }

  /** A tensor's stride along an axis; axes count from the innermost. */
  int stride(int tensor, int axis) {
    return strides[tensor][axis];
  }

  /** Whether all tensors lie row-major without gaps. */
  boolean isDense() {
    if (extents.length > 1) {
      return false;
    }
    return extents[0] == 1 || Arrays.stream(strides).allMatch(stride -> stride[0] == 1);
  }

  /** The structure that kernels take by value. */
  byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * (1 + AXES * (3 + strides.length))).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(extents.length);
    put(bytes, extents);
    int[] shifts = Arrays.stream(extents).map(Layout::shift).toArray();
    int[] magics = new int[extents.length];
    Arrays.setAll(magics, axis -> magic(extents[axis], shifts[axis]));
    put(bytes, magics);
    put(bytes, shifts);
    for (int[] stride : strides) {
      put(bytes, stride);
    }
    return bytes.array();
  }

  private static void put(ByteBuffer bytes, int[] values) {
    for (int value : Arrays.copyOf(values, AXES)) {
      bytes.putInt(value);
    }
  }

  /** The binary logarithm, rounded up. */
  static int shift(int extent) {
    return extent <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(extent - 1);
  }

  /**
   * The m with {@code i / extent = (⌊i m / 2^32⌋ + i) / 2^shift} for all i below 2^31: Granlund and
   * Montgomery, "Division by invariant integers using multiplication" (PLDI 1994), figure 4.1.
   */
  static int magic(int extent, int shift) {
    return extent == 0 ? 0 : (int) ((((1L << shift) - extent) << 32) / extent + 1);
  }
}
