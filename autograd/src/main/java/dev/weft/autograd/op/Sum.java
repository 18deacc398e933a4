package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** {@code y = Σ x} over axes; {@code dx = g}, stretched back to x's shape as a view. */
public final class Sum {
  private Sum() {}

  /**
   * Sums over axes (negative: from the end); none given: over all.
   *
   * @param keepDims whether summed axes stay with extent 1
   */
  public static Variable sum(Variable x, boolean keepDims, int... axes) {
    Shape folded = Axes.folded(x.shape(), axes);
    return Graph.record(
        "sum",
        Ops.sum(x.value(), keepDims, axes),
        (g, needed) -> new Tensor[] {g.reshape(folded.dims()).expand(x.shape())},
        x);
  }
}
