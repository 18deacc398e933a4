package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.ContrastOps;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * {@code y_ip = log Σ_j exp(a_i · b_j)} over the pairs of block p of the columns that a {@link
 * Contrast} counts: what contrastive losses are made of. With {@code d_ij = g_ip exp(a_i · b_j -
 * y_ip)} for those pairs: {@code da = d b}, {@code db = dᵀ a}.
 */
public final class ContrastLogSumExp {
  private ContrastLogSumExp() {}

  /**
   * Folds the products of two lists of vectors of n things.
   *
   * @param a [P n, width]
   * @param b [Q n, width]; the same as a, or scaled, where the rule leaves out the diagonal
   * @return [P n, Q]
   */
  public static Variable contrastLogSumExp(Variable a, Variable b, Contrast rule) {
    Tensor left = a.value();
    Tensor right = b.value();
    Tensor logits = product(left, right);
    Tensor y = ContrastOps.logSumExp(logits, rule);
    // The logits become their own gradient; who goes back once more computes them again.
    Tensor[] kept = {logits};
    return Graph.record(
        "contrastLogSumExp",
        y,
        (g, needed) -> {
          Tensor d = kept[0] == null ? product(left, right) : kept[0];
          kept[0] = null;
          ContrastOps.backward(d, rule, y, g);
          return new Tensor[] {
            needed[0] ? Ops.matmul(d, right) : null,
            needed[1] ? Ops.matmul(d.transpose(0, 1), left) : null
          };
        },
        a,
        b);
  }

  private static Tensor product(Tensor a, Tensor b) {
    return Ops.matmul(a, b.transpose(0, 1));
  }
}
