package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.autograd.Vjp;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
import dev.weft.tensor.Tensor;

/**
 * {@code y = x̂ γ + β} with {@code x̂ = (x - mean) / √(var + ε)} over the last axis and the biased
 * variance (Ba et al., arXiv 1607.06450); with {@code r = 1/√(var + ε)} and {@code h = g γ}: {@code
 * dx = r (h - mean(h) - x̂ mean(h x̂))}, {@code dγ = Σ g x̂}, {@code dβ = Σ g}, the sums over all
 * rows.
 */
public final class LayerNorm {
  private LayerNorm() {}

  /**
   * Layer normalisation over the last axis.
   *
   * @param x [..., n]
   * @param gamma scale, [n]
   * @param beta shift, [n]
   * @param epsilon added to the variance
   * @return of x's shape
   */
  public static Variable layerNorm(Variable x, Variable gamma, Variable beta, double epsilon) {
    LayerNormInputs in = new LayerNormInputs(x.value(), null, gamma.value(), beta.value(), epsilon);
    LayerNormOps.Result result = LayerNormOps.layerNorm(in);
    return Graph.record("layerNorm", result.output(), vjp(in.gamma(), result), x, gamma, beta);
  }

  /** Back to what was normalised, gamma and beta. */
  static Vjp vjp(Tensor gamma, LayerNormOps.Result result) {
    return (g, needed) -> {
      LayerNormOps.Gradients gradients = LayerNormOps.layerNormBackward(gamma, result, g);
      return new Tensor[] {gradients.dx(), gradients.dgamma(), gradients.dbeta()};
    };
  }
}
