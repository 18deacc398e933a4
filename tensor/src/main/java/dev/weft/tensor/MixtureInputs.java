package dev.weft.tensor;

/**
 * What a mixture of layer norms is computed from; checked when it is made.
 *
 * @param x what the experts say, [rows, experts, width]
 * @param gates how much say each has, [rows, experts]
 * @param gamma scale of each expert's norm, [experts, width]
 * @param beta shift of each expert's norm, [experts, width]
 * @param epsilon added to the variances
 */
public record MixtureInputs(Tensor x, Tensor gates, Tensor gamma, Tensor beta, double epsilon) {

  /** Checks the types and shapes. */
  public MixtureInputs {
    Checks.requireComputable("mixture", x);
    Checks.requireSame("mixture: gates", x, gates);
    Checks.requireSame("mixture: gamma", x, gamma);
    Checks.requireSame("mixture: beta", x, beta);
    boolean fits =
        x.rank() == 3
            && gates.shape().equals(Shape.of(x.dim(0), x.dim(1)))
            && gamma.shape().equals(Shape.of(x.dim(1), x.dim(2)))
            && beta.shape().equals(gamma.shape());
    if (!fits) {
      throw new TensorException(
          "mixture: x "
              + x.shape()
              + ", gates "
              + gates.shape()
              + ", gamma "
              + gamma.shape()
              + ", beta "
              + beta.shape()
              + " must be [rows, experts, width], [rows, experts] and twice [experts, width]");
    }
  }

  /** Number of rows. */
  public int rows() {
    return x.dim(0);
  }

  /** Number of experts. */
  public int experts() {
    return x.dim(1);
  }

  /** Extent of an expert's answer. */
  public int width() {
    return x.dim(2);
  }
}
