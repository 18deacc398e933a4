package dev.weft.tensor.cpu;

import dev.weft.tensor.AdamOptions;

/**
 * An {@link AdamOptions} with everything that is the same for all elements worked out: {@code g' =
 * g + coupledDecay w; m = β₁ m + (1 - β₁) g'; v = β₂ v + (1 - β₂) g'²; w = keep w - rate m / (√(v
 * secondCorrection) + ε)}.
 *
 * @param beta1 β₁
 * @param beta2 β₂
 * @param epsilon ε
 * @param coupledDecay λ of Adam with L2 regularisation, 0 for AdamW
 * @param keep what AdamW's decay leaves of the weight, 1 - αλ; 1 for Adam
 * @param rate α / (1 - β₁ᵗ)
 * @param secondCorrection 1 / (1 - β₂ᵗ)
 */
record AdamCoefficients(
    double beta1,
    double beta2,
    double epsilon,
    double coupledDecay,
    double keep,
    double rate,
    double secondCorrection) {

  static AdamCoefficients of(AdamOptions options) {
    return new AdamCoefficients(
        options.beta1(),
        options.beta2(),
        options.epsilon(),
        options.decoupled() ? 0 : options.weightDecay(),
        options.decoupled() ? 1 - options.learningRate() * options.weightDecay() : 1,
        options.learningRate() / (1 - Math.pow(options.beta1(), (double) options.step())),
        1 / (1 - Math.pow(options.beta2(), (double) options.step())));
  }
}
