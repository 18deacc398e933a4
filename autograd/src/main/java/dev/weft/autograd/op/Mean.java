package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** {@code y = Σ x / n} over axes of n elements; {@code dx = g / n}, stretched back to x's shape. */
public final class Mean {
  private Mean() {}

  /**
   * Averages over axes (negative: from the end); none given: over all.
   *
   * @param keepDims whether averaged axes stay with extent 1
   */
  public static Variable mean(Variable x, boolean keepDims, int... axes) {
    Shape folded = Axes.folded(x.shape(), axes);
    double share = (double) folded.numel() / x.shape().numel();
    return Graph.record(
        "mean",
        Ops.multiply(Ops.sum(x.value(), keepDims, axes), share),
        (g, needed) -> {
          Tensor each = Ops.multiply(g, share).reshape(folded.dims());
          return new Tensor[] {each.expand(x.shape())};
        },
        x);
  }
}
