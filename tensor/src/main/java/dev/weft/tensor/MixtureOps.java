package dev.weft.tensor;

/** A mixture of layer norms as one computation, in the manner of {@link Ops}. */
public final class MixtureOps {
  private MixtureOps() {}

  /**
   * What a mixture gives, and what its backward pass needs besides the inputs.
   *
   * @param output [rows, width]
   * @param mean of each expert's answers, [rows, experts]
   * @param rstd reciprocal standard deviations, [rows, experts]
   */
  public record Result(Tensor output, Tensor mean, Tensor rstd) {}

  /** Gradients of all inputs, each of its input's shape. */
  public record Gradients(Tensor dx, Tensor dgates, Tensor dgamma, Tensor dbeta) {}

  /** {@code Σ_k g_k LayerNorm_k(x_k)} for each row; see {@link Backend#mixture}. */
  public static Result mixture(MixtureInputs in) {
    Tensor x = in.x();
    Shape statistics = Shape.of(in.rows(), in.experts());
    Result result =
        new Result(
            Tensor.empty(x.dtype(), Shape.of(in.rows(), in.width()), x.device()),
            Tensor.empty(x.dtype(), statistics, x.device()),
            Tensor.empty(x.dtype(), statistics, x.device()));
    Backends.of(x.device()).mixture(in, result);
    return result;
  }

  /** Gradients of {@link #mixture}; see {@link Backend#mixtureBackward}. */
  public static Gradients mixtureBackward(MixtureInputs in, Result result, Tensor gradOutput) {
    Checks.requireSame("mixture backward", in.x(), gradOutput);
    if (!gradOutput.shape().equals(result.output().shape())) {
      throw new TensorException(
          "mixture backward: gradient is " + gradOutput + " for " + result.output());
    }
    Gradients gradients =
        new Gradients(
            Ops.emptyLike(in.x()),
            Ops.emptyLike(in.gates()),
            Ops.emptyLike(in.gamma()),
            Ops.emptyLike(in.beta()));
    Backends.of(gradOutput.device()).mixtureBackward(in, result, gradOutput, gradients);
    return gradients;
  }
}
