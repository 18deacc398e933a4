package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.autograd.Vjp;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Ops;
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
    Tensor input = x.value();
    Tensor scale = gamma.value();
    Ops.LayerNormResult result = Ops.layerNorm(input, scale, beta.value(), epsilon);
    return Graph.record("layerNorm", result.output(), vjp(input, scale, result), x, gamma, beta);
  }

  /** Back to the input, gamma and beta. */
  static Vjp vjp(Tensor input, Tensor scale, Ops.LayerNormResult forward) {
    return (g, needed) -> {
      Tensor dx = Ops.emptyLike(input);
      Tensor dgamma = Ops.emptyLike(scale);
      Tensor dbeta = Ops.emptyLike(scale);
      Backends.of(input.device())
          .layerNormBackward(input, scale, forward.mean(), forward.rstd(), g, dx, dgamma, dbeta);
      return new Tensor[] {dx, dgamma, dbeta};
    };
  }
}
