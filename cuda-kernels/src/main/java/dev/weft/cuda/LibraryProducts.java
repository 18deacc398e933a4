package dev.weft.cuda;

import dev.weft.cuda.GemmCall.Compute;
import dev.weft.cuda.ptx.Arguments;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix products through the device's library, cuBLAS on a card.
 *
 * <p>It multiplies two factors of one type, so where a weight of F16 or BF16 stands beside F32, one
 * of them is converted first, into memory that is given back at once: the weight to F32, which
 * loses nothing, or, where products may round to BF16, the F32 factor to BF16. The scale goes with
 * the product; bias and activation, which cuBLAS has no words for, are one more pass over the
 * result (adding to a result that holds the bias already, beta = 1, would read and write it just as
 * often and leave the activation).
 */
final class LibraryProducts {
  /** From so many rows on, widening a weight costs less than it saves. */
  static final int ROWS_WORTH_WIDENING = 64;

  private final Gpu gpu;
  private final CudaMemory memory;
  private final CudaCopy copy;
  private final Launcher tails;

  LibraryProducts(Gpu gpu, CudaMemory memory) {
    this.gpu = gpu;
    this.memory = memory;
    this.copy = new CudaCopy(gpu);
    this.tails = new Launcher(gpu, "matmul_tail");
  }

  /**
   * Makes the product, or returns false, having done nothing, if the library has no words for it.
   */
  boolean multiply(MatmulPrecision precision, Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    if (out.numel() == 0 || a.dim(-1) == 0) {
      return false;
    }
    boolean rounds =
        precision != MatmulPrecision.FLOAT32
            && gpu.capability() >= MatmulPrecision.LEAST_CAPABILITY;
    Compute compute = compute(rounds ? precision : MatmulPrecision.FLOAT32, a);
    if (a.dtype() == b.dtype()) {
      return multiply(compute, a, b, tail, out);
    }
    if (a.dtype() != DType.F32) {
      return false;
    }
    if (rounds && precision == MatmulPrecision.BF16 && b.dtype() == DType.BF16) {
      return converted(a, DType.BF16, narrow -> multiply(Compute.FLOAT32, narrow, b, tail, out));
    }
    // F16 has as many digits as TF32, BF16 fewer: nothing is lost that tensor cores would keep.
    Compute widened = rounds ? Compute.TF32 : Compute.FLOAT32;
    return out.numel() / b.dim(-1) >= ROWS_WORTH_WIDENING
        && converted(b, DType.F32, wide -> multiply(widened, a, wide, tail, out));
  }

  private static Compute compute(MatmulPrecision precision, Tensor a) {
    return switch (a.dtype()) {
      case F64 -> Compute.FLOAT64;
      case F32 ->
          switch (precision) {
            case FLOAT32 -> Compute.FLOAT32;
            case TF32 -> Compute.TF32;
            case BF16 -> Compute.BF16;
          };
      default -> Compute.FLOAT32;
    };
  }

  private boolean multiply(Compute compute, Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    boolean hasTail = tail.bias() != null || tail.activation() != null;
    if (hasTail && !out.dtype().isComputable()) {
      return false;
    }
    ProductLayout layout = ProductLayout.of(a, b, out);
    List<GemmCall> calls = GemmLayout.calls(layout, compute, tail.scale());
    calls.forEach(gpu::multiply);
    if (!calls.isEmpty() && hasTail) {
      finish(tail, out);
    }
    return !calls.isEmpty();
  }

  private interface Product {
    boolean of(Tensor converted);
  }

  /**
   * Converts an operand for one product, the way it lies; a matrix that stands for a batch once.
   */
  private boolean converted(Tensor x, DType type, Product product) {
    int batchAxes = x.rank() - 2;
    Tensor matrix = x;
    for (int axis = 0; axis < batchAxes; axis++) {
      if (x.stride(axis) == 0) {
        matrix = matrix.slice(axis, 0, 1);
      }
    }
    boolean isTurned = x.stride(-2) == 1 && x.stride(-1) != 1;
    Tensor from = isTurned ? matrix.transpose(-1, -2) : matrix;
    CudaStorage storage = memory.take(type, from.numel());
    try {
      Tensor to = Tensor.over(storage, from.shape(), 0);
      copy.copy(from, to);
      Tensor whole = isTurned ? to.transpose(-1, -2) : to;
      return product.of(whole.expand(x.shape()));
    } finally {
      storage.release();
    }
  }

  /** {@code out = f(out + bias)}. */
  private void finish(MatmulTail tail, Tensor out) {
    Tensor bias = tail.bias();
    long address = bias == null ? 0 : CudaStorage.address(bias);
    int step = bias == null ? 0 : bias.stride(0);
    int n = out.dim(-1);
    boolean isDense =
        out.dtype() == DType.F32
            && n % 4 == 0
            && step <= 1
            && address % 16 == 0
            && CudaStorage.address(out) % 16 == 0;
    int activation = Arrays.asList(UnaryOp.values()).indexOf(tail.activation());
    Arguments arguments =
        new Arguments().add(CudaStorage.address(out)).add(address).add(n).add(activation);
    if (isDense) {
      tails.vectors("tail_by_16_bytes", out.numel(), arguments);
    } else {
      String kernel = out.dtype() == DType.F64 ? "tail_f64" : "tail_f32";
      tails.elements(kernel, out.numel(), arguments.add(out.numel()).add(step));
    }
  }
}
