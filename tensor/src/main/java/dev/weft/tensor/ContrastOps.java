package dev.weft.tensor;

/** What contrastive losses fold their logits with, in the manner of {@link Ops}. */
public final class ContrastOps {
  private ContrastOps() {}

  /**
   * {@code log Σ exp} of each row's logits that count, apart for every n columns: [P n, Q n] to [P
   * n, Q]. The logits serve {@link #backward} only from now on.
   */
  public static Tensor logSumExp(Tensor logits, Contrast rule) {
    rule.check(logits);
    Shape shape = Shape.of(logits.dim(0), logits.dim(1) / rule.count());
    Tensor out = Tensor.empty(logits.dtype(), shape, logits.device());
    Backends.of(logits.device()).contrast(logits, rule, out);
    return out;
  }

  /**
   * Turns logits into their gradient, in place.
   *
   * @param logSumExp what {@link #logSumExp} gave
   * @param gradOutput its gradient
   */
  public static void backward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    rule.check(logits);
    Checks.requireSame("contrast backward", logits, gradOutput);
    if (!gradOutput.shape().equals(logSumExp.shape())) {
      throw new TensorException(
          "contrast backward: gradient is " + gradOutput + " for " + logSumExp);
    }
    Backends.of(logits.device())
        .contrastBackward(logits, rule, logSumExp, Ops.contiguous(gradOutput));
  }
}
