package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * {@code y = a b}, a matrix product; {@code da = g bᵀ}, {@code db = aᵀ g}, each summed over the
 * leading axes it was stretched along. The transposes are views: nothing is copied for them.
 */
public final class Matmul {
  private Matmul() {}

  /** [..., m, k] × [..., k, n] to [..., m, n]; leading axes broadcast. */
  public static Variable matmul(Variable a, Variable b) {
    Tensor left = a.value();
    Tensor right = b.value();
    return Graph.record(
        "matmul",
        Ops.matmul(left, right),
        (g, needed) ->
            new Tensor[] {
              needed[0] ? Ops.sumTo(Ops.matmul(g, right.transpose(-1, -2)), left.shape()) : null,
              needed[1] ? transposedProduct(left, g, right) : null
            },
        a,
        b);
  }

  /** {@code aᵀ g} in the shape of {@code target}, which both were multiplied with or to. */
  static Tensor transposedProduct(Tensor a, Tensor g, Tensor target) {
    if (target.rank() == 2 && g.rank() > 2 && g.rank() == a.rank()) {
      // One matrix served the whole batch: one tall product adds up its gradient at once.
      Tensor rows = a.reshape(-1, a.dim(-1));
      return Ops.matmul(rows.transpose(0, 1), g.reshape(-1, g.dim(-1)));
    }
    return Ops.sumTo(Ops.matmul(a.transpose(-1, -2), g), target.shape());
  }
}
