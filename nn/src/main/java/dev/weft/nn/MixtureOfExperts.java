package dev.weft.nn;

import static dev.weft.autograd.op.NormMixture.normMixture;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Softmax.softmax;

import dev.weft.autograd.Variable;

/**
 * A dense mixture of experts, as M²SE adapts features to the recommender's space (MP4SR, arXiv
 * 2303.11879, section "text and image encoders"):
 *
 * <pre>{@code
 * E_k(x) = LayerNorm_k(Dropout(x W_k + b_k)),  g = softmax(x W_3),  z = Σ_k g_k E_k(x)
 * }</pre>
 *
 * <p>The experts' matrices stand one below the other, so that one product computes all of them.
 *
 * @param experts W_k and b_k of all experts, [experts · hidden, in]
 * @param normWeight γ_k of the layer norms, [experts, hidden]
 * @param normBias β_k, [experts, hidden]
 * @param gate W_3, [experts, in], without a bias; starts at zero, so all experts begin with equal
 *     say
 * @param dropout inside each expert
 * @param epsilon of the layer norms
 */
public record MixtureOfExperts(
    Linear experts,
    Variable normWeight,
    Variable normBias,
    Linear gate,
    Dropout dropout,
    double epsilon)
    implements Module {

  /** Weights N(0, 0.02²), biases and gate 0, norms 1 and 0. */
  public static MixtureOfExperts create(
      Weights weights, int experts, int in, int hidden, double dropout, double epsilon) {
    return new MixtureOfExperts(
        Linear.create(weights.at("experts"), in, experts * hidden),
        weights.parameter("normWeight", Init.ones(), experts, hidden),
        weights.parameter("normBias", Init.zeros(), experts, hidden),
        Linear.withoutBias(weights.at("gate"), in, experts, Init.zeros()),
        new Dropout(dropout),
        epsilon);
  }

  /** [..., in] to [..., hidden]. */
  public Variable forward(Variable x, Mode mode) {
    int count = normWeight.dim(0);
    int hidden = normWeight.dim(1);
    Variable rows = reshape(x, -1, experts.in());
    Variable outputs = dropout.forward(experts.forward(rows), mode);
    Variable answers = reshape(outputs, -1, count, hidden);
    Variable mixed = normMixture(answers, gates(rows), normWeight, normBias, epsilon);
    return reshape(mixed, x.shape().with(-1, hidden).dims());
  }

  /** How much say each expert has: [..., in] to [..., experts], summing to 1. */
  public Variable gates(Variable x) {
    return softmax(gate.forward(x), -1);
  }
}
