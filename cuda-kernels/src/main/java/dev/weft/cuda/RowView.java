package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where the rows of a tensor [..., n] lie, as {@code rows.cuh} has it: the axes before the last
 * with those joined that can be walked as one, and the step from element to element.
 */
record RowView(Tensor tensor, int[] dims, int[] strides) {
  /** How many axes before the last a kernel can walk. */
  static final int AXES = 5;

  /** A pointer, the structure {@code Rows}, and what aligns it to 8. */
  private static final int VIEW_BYTES = 8 + 4 * (2 * AXES + 2);

  /** Whether kernels can walk the rows of a tensor: axes before the last that do not join. */
  static boolean fits(Tensor x) {
    return x.rank() <= AXES + 1 || joined(x).dims.length <= AXES;
  }

  /**
   * The rows of a tensor.
   *
   * @throws CudaException unless they {@linkplain #fits fit}
   */
  static RowView of(Tensor x) {
    RowView rows = joined(x);
    if (rows.dims.length > AXES) {
      throw new CudaException(x + ": a kernel takes " + AXES + " axes before the last");
    }
    return rows;
  }

  private static RowView joined(Tensor x) {
    int[] dims = new int[x.rank() - 1];
    int[] strides = new int[dims.length];
    int used = dims.length;
    for (int axis = x.rank() - 2; axis >= 0; axis--) {
      int extent = x.dim(axis);
      if (extent == 1) {
        continue;
      }
      if (used < dims.length && x.stride(axis) == dims[used] * strides[used]) {
        dims[used] *= extent;
      } else {
        used--;
        dims[used] = extent;
        strides[used] = x.stride(axis);
      }
    }
    return new RowView(
        x,
        Arrays.copyOfRange(dims, used, dims.length),
        Arrays.copyOfRange(strides, used, strides.length));
  }

  /** Whether a tensor's rows can be taken by 16 bytes in F32. */
  static boolean areAligned(Tensor... tensors) {
    for (Tensor x : tensors) {
      boolean whole = x.isContiguous() && x.dim(-1) % 4 == 0 && x.dim(-1) > 0;
      if (!whole || x.dtype() != DType.F32 || CudaStorage.address(x) % 16 != 0) {
        return false;
      }
    }
    return true;
  }

  long address() {
    return CudaStorage.address(tensor);
  }

  /** Elements of a row. */
  int n() {
    return tensor.dim(-1);
  }

  /** Number of rows, also of rows with no elements. */
  int count() {
    return rowShape(tensor).numel();
  }

  /** The shape of one number for each row. */
  static Shape rowShape(Tensor x) {
    return Shape.of(Arrays.copyOf(x.shape().dims(), x.rank() - 1));
  }

  /** The structure {@code View}: where the first row is, then {@code Rows}. */
  byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(VIEW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(address());
    int unused = AXES - dims.length;
    for (int axis = 0; axis < AXES; axis++) {
      bytes.putInt(8 + 4 * axis, axis < unused ? 1 : dims[axis - unused]);
      bytes.putInt(8 + 4 * (AXES + axis), axis < unused ? 0 : strides[axis - unused]);
    }
    return bytes.putInt(8 + 4 * 2 * AXES, tensor.stride(-1)).array();
  }

  /** The structure {@code View} of nothing. */
  static byte[] none() {
    return new byte[VIEW_BYTES];
  }

  /** The structure {@code Vector} of a tensor [n]. */
  static byte[] vector(Tensor x) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(CudaStorage.address(x))
        .putLong(x.stride(0))
        .array();
  }
}
