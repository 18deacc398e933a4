package dev.weft.cuda;

import dev.weft.cuda.GemmCall.Compute;
import dev.weft.cuda.GemmCall.Factor;
import dev.weft.cuda.GemmCall.Target;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Says a product of tensors in the words of the BLAS, without a copy.
 *
 * <p>Our matrices lie row by row, the BLAS's column by column; the same memory, read the other way,
 * is the transposed matrix. So instead of C = A B (m × k times k × n) we ask for Cᵀ = Bᵀ Aᵀ: the
 * BLAS's first factor is our b, its second our a, its m our n. An operand whose neighbours in a row
 * are neighbours in memory is then "not transposed", with the distance of its rows as leading
 * dimension; one that is a transposed view, whose neighbours in a column are neighbours in memory,
 * is "transposed", with the distance of its columns. Both, and every batch whose matrices lie
 * evenly apart, need no copy. What cannot be said so: an operand with gaps both ways, or with rows
 * that overlap (an expanded one).
 */
final class GemmLayout {
  /** How many calls a batch may take whose axes do not join into one. */
  static final int MOST_CALLS = 16;

  /** Matrices that one call takes. */
  static final int MOST_MATRICES = 65535;

  private final ProductLayout product;
  private final Compute compute;
  private final double alpha;
  private final Factor a;
  private final Factor b;
  private final int axis;

  private GemmLayout(
      ProductLayout product, Compute compute, double alpha, Factor a, Factor b, int axis) {
    this.product = product;
    this.compute = compute;
    this.alpha = alpha;
    this.a = a;
    this.b = b;
    this.axis = axis;
  }

  /** The calls that make a product; none if the BLAS has no words for it. */
  static List<GemmCall> calls(ProductLayout product, Compute compute, double alpha) {
    Factor a = factor(product.a());
    Factor b = factor(product.b());
    int axis = longest(product.dims());
    int matrices = product.dims().length == 0 ? 1 : product.dims()[axis];
    if (a == null
        || b == null
        || product.k() == 0
        || matrices > MOST_MATRICES
        || product.batch() / matrices > MOST_CALLS) {
      return List.of();
    }
    List<GemmCall> calls = new ArrayList<>();
    new GemmLayout(product, compute, alpha, a, b, axis).add(calls, 0, 0, 0, 0);
    return calls;
  }

  /** The first matrix of an operand [r, c]; null if it lies in no way that the BLAS knows. */
  private static Factor factor(Tensor x) {
    int rows = x.dim(-2);
    int columns = x.dim(-1);
    long address = CudaStorage.address(x);
    // A single row or column has no next one: its stride says nothing.
    int leading = rows == 1 ? columns : x.stride(-2);
    if ((x.stride(-1) == 1 || columns == 1) && leading >= columns) {
      return new Factor(address, x.dtype(), false, leading, 0);
    }
    leading = columns == 1 ? rows : x.stride(-1);
    if ((x.stride(-2) == 1 || rows == 1) && leading >= rows) {
      return new Factor(address, x.dtype(), true, leading, 0);
    }
    return null;
  }

  private static int longest(int[] dims) {
    int longest = 0;
    for (int axis = 1; axis < dims.length; axis++) {
      longest = dims[axis] > dims[longest] ? axis : longest;
    }
    return longest;
  }

  /** Walks the axes of the batch but the one that a call takes whole. */
  private void add(List<GemmCall> calls, int at, long aStart, long bStart, long outStart) {
    int[] dims = product.dims();
    if (at == dims.length) {
      calls.add(call(aStart, bStart, outStart));
    } else if (at == axis) {
      add(calls, at + 1, aStart, bStart, outStart);
    } else {
      for (int i = 0; i < dims[at]; i++) {
        add(
            calls,
            at + 1,
            aStart + (long) i * product.strides()[0][at],
            bStart + (long) i * product.strides()[1][at],
            outStart + i * outStride(at));
      }
    }
  }

  /** The result is row-major. */
  private long outStride(int at) {
    long stride = (long) product.m() * product.n();
    for (int later = at + 1; later < product.dims().length; later++) {
      stride *= product.dims()[later];
    }
    return stride;
  }

  private GemmCall call(long aStart, long bStart, long outStart) {
    boolean isBatch = product.dims().length > 0;
    Tensor out = product.out();
    Target c =
        new Target(
            CudaStorage.address(out) + outStart * out.dtype().byteSize(),
            out.dtype(),
            product.n(),
            isBatch ? outStride(axis) : 0);
    return new GemmCall(
        compute,
        product.n(),
        product.m(),
        product.k(),
        alpha,
        moved(b, bStart, isBatch ? product.strides()[1][axis] : 0),
        moved(a, aStart, isBatch ? product.strides()[0][axis] : 0),
        c,
        isBatch ? product.dims()[axis] : 1);
  }

  private static Factor moved(Factor x, long elements, long stride) {
    long address = x.address() + elements * x.type().byteSize();
    return new Factor(address, x.type(), x.isTransposed(), x.leading(), stride);
  }
}
