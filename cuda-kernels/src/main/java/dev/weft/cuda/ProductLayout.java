package dev.weft.cuda;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where the operands of a product [..., m, k] × [..., k, n] lie, as {@code product.cuh} has it.
 *
 * @param dims extents of the batch, axes joined that both operands walk as one
 * @param strides of a's and of b's matrices along these
 */
record ProductLayout(Tensor a, Tensor b, Tensor out, int[] dims, int[][] strides) {
  private static final int AXES = 4;
  private static final int BYTES = 128;

  /** What the kernels load and store at once. */
  private static final int VECTOR_BYTES = 16;

  /** Whether kernels can walk the batches of these factors: axes that do not join. */
  static boolean fits(Tensor a, Tensor b) {
    return a.rank() <= AXES + 2 || joined(a, b, a).dims.length <= AXES;
  }

  /**
   * The layout of checked operands.
   *
   * @throws CudaException unless they {@linkplain #fits fit}
   */
  static ProductLayout of(Tensor a, Tensor b, Tensor out) {
    ProductLayout layout = joined(a, b, out);
    if (layout.dims.length > AXES) {
      throw new CudaException(
          "matmul: " + a + " × " + b + ": a kernel takes " + AXES + " axes of batches");
    }
    return layout;
  }

  private static ProductLayout joined(Tensor a, Tensor b, Tensor out) {
    int[] dims = new int[out.rank()];
    int[][] strides = new int[2][out.rank()];
    int used = dims.length;
    for (int axis = out.rank() - 3; axis >= 0; axis--) {
      int extent = out.dim(axis);
      if (extent == 1) {
        continue;
      }
      boolean joins =
          used < dims.length
              && a.stride(axis) == dims[used] * strides[0][used]
              && b.stride(axis) == dims[used] * strides[1][used];
      if (joins) {
        dims[used] *= extent;
      } else {
        used--;
        dims[used] = extent;
        strides[0][used] = a.stride(axis);
        strides[1][used] = b.stride(axis);
      }
    }
    int[][] kept = {
      Arrays.copyOfRange(strides[0], used, dims.length),
      Arrays.copyOfRange(strides[1], used, dims.length)
    };
    return new ProductLayout(a, b, out, Arrays.copyOfRange(dims, used, dims.length), kept);
  }

  int m() {
    return out.dim(-2);
  }

  int n() {
    return out.dim(-1);
  }

  int k() {
    return a.dim(-1);
  }

  /** Matrices in the batch. */
  int batch() {
    return Arrays.stream(dims).reduce(1, (x, y) -> x * y);
  }

  /** Whether an operand's rows, or columns, are dense and begin at multiples of 16 bytes. */
  boolean hasAlignedRows(int operand) {
    Tensor x = operand == 0 ? a : b;
    int vector = VECTOR_BYTES / x.dtype().byteSize();
    int inner = inner(x);
    boolean aligned =
        x.stride(inner) == 1
            && x.stride(-3 - inner) % vector == 0
            && CudaStorage.address(x) % VECTOR_BYTES == 0;
    return aligned && Arrays.stream(strides[operand]).allMatch(stride -> stride % vector == 0);
  }

  /** Whether, in addition, they end there. */
  boolean isAligned(int operand) {
    Tensor x = operand == 0 ? a : b;
    return hasAlignedRows(operand) && x.dim(inner(x)) % (VECTOR_BYTES / x.dtype().byteSize()) == 0;
  }

  private static int inner(Tensor x) {
    return x.stride(-1) == 1 ? -1 : -2;
  }

  /** The structure {@code Product}. */
  byte[] bytes(MatmulTail tail) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(CudaStorage.address(a)).putLong(CudaStorage.address(b));
    bytes.putLong(CudaStorage.address(out));
    bytes.putLong(tail.bias() == null ? 0 : CudaStorage.address(tail.bias()));
    bytes.putDouble(tail.scale()).putInt(m()).putInt(n()).putInt(k());
    bytes.putInt(a.stride(-2)).putInt(a.stride(-1)).putInt(b.stride(-2)).putInt(b.stride(-1));
    bytes.putInt(tail.bias() == null ? 0 : tail.bias().stride(0));
    // The kernels' number of a function is its place in the enum; none is -1.
    bytes.putInt(batch()).putInt(Arrays.asList(UnaryOp.values()).indexOf(tail.activation()));
    put(bytes, dims, 1);
    put(bytes, strides[0], 0);
    put(bytes, strides[1], 0);
    return bytes.array();
  }

  private static void put(ByteBuffer bytes, int[] values, int unused) {
    for (int axis = 0; axis < AXES; axis++) {
      int at = axis - (AXES - values.length);
      bytes.putInt(at < 0 ? unused : values[at]);
    }
  }
}
