package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.MixtureInputs;
import dev.weft.tensor.MixtureOps;
import dev.weft.tensor.Tensor;

/**
 * {@code y = Σ_k g_k E_k} with {@code E_k = LayerNorm(x_k; γ_k, β_k)}, the answers of experts that
 * are normalised apart and weighted; {@code dg_k = Σ dy E_k}, and the rest is {@link LayerNorm}'s
 * gradient of {@code g_k dy}.
 */
public final class NormMixture {
  private NormMixture() {}

  /**
   * Mixes the experts' answers.
   *
   * @param x [rows, experts, width]
   * @param gates [rows, experts]
   * @param gamma scales of the norms, [experts, width]
   * @param beta shifts of the norms, [experts, width]
   * @param epsilon added to the variances
   * @return [rows, width]
   */
  public static Variable normMixture(
      Variable x, Variable gates, Variable gamma, Variable beta, double epsilon) {
    MixtureInputs in =
        new MixtureInputs(x.value(), gates.value(), gamma.value(), beta.value(), epsilon);
    MixtureOps.Result result = MixtureOps.mixture(in);
    return Graph.record(
        "normMixture",
        result.output(),
        (g, needed) -> {
          MixtureOps.Gradients gradients = MixtureOps.mixtureBackward(in, result, g);
          return new Tensor[] {
            gradients.dx(), gradients.dgates(), gradients.dgamma(), gradients.dbeta()
          };
        },
        x,
        gates,
        gamma,
        beta);
  }
}
