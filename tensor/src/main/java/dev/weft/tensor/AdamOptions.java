package dev.weft.tensor;

/**
 * One step of Adam (Kingma and Ba, arXiv 1412.6980) or AdamW (Loshchilov and Hutter, arXiv
 * 1711.05101).
 *
 * @param learningRate α of the step
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment, after bias correction
 * @param weightDecay λ: added to the gradient as λθ, or taken off the weight as αλθ if decoupled
 * @param decoupled AdamW's decay
 * @param step number of this step, from 1
 */
public record AdamOptions(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean decoupled,
    long step) {}
