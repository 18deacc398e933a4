package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * {@code y = a bᵀ}; {@code da = g b}, {@code db = gᵀ a}, each summed over the leading axes it was
 * stretched along. The transposes are views: nothing is copied for them.
 */
public final class MatmulTransposed {
  private MatmulTransposed() {}

  /** [..., m, k] × [..., n, k] to [..., m, n]; leading axes broadcast. */
  public static Variable matmulTransposed(Variable a, Variable b) {
    Tensor left = a.value();
    Tensor right = b.value();
    return Graph.record(
        "matmulTransposed",
        Ops.matmul(left, right.transpose(-1, -2)),
        (g, needed) ->
            new Tensor[] {
              needed[0] ? Ops.sumTo(Ops.matmul(g, right), left.shape()) : null,
              needed[1] ? Matmul.transposedProduct(g, left, right) : null
            },
        a,
        b);
  }
}
