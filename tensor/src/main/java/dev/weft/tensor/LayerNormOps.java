package dev.weft.tensor;

/** Layer normalisation over the last axis, of a sum too, in the manner of {@link Ops}. */
public final class LayerNormOps {
  private LayerNormOps() {}

  /**
   * What a layer norm gives, and what its backward pass needs besides gamma; row-major, except for
   * a sum that is x.
   *
   * @param sum what was normalised, [..., n]: x itself where there is no residual, else {@code x +
   *     residual}, or output itself where that is not kept
   * @param output [..., n]
   * @param mean of each row of the sum, [...]
   * @param rstd reciprocal standard deviations, [...]
   */
  public record Result(Tensor sum, Tensor output, Tensor mean, Tensor rstd) {}

  /**
   * Gradients of a layer norm.
   *
   * @param dx of what was normalised, [..., n]: of x, and of the residual if there is one
   * @param dgamma [n]
   * @param dbeta [n]
   */
  public record Gradients(Tensor dx, Tensor dgamma, Tensor dbeta) {}

  /** The norm of each row of {@code x + residual}; see {@link Backend#layerNorm}. */
  public static Result layerNorm(LayerNormInputs in) {
    Tensor sum = in.residual() == null ? in.x() : Ops.emptyLike(in.x());
    return layerNorm(in, sum, Ops.emptyLike(in.x()));
  }

  /** The same where nobody will ask for the sum or for gradients: without memory for the sum. */
  public static Tensor layerNormOnly(LayerNormInputs in) {
    Tensor output = Ops.emptyLike(in.x());
    return layerNorm(in, in.residual() == null ? in.x() : output, output).output();
  }

  private static Result layerNorm(LayerNormInputs in, Tensor sum, Tensor output) {
    Tensor x = in.x();
    Tensor mean = Tensor.empty(x.dtype(), Ops.rowShape(x), x.device());
    Tensor rstd = Tensor.empty(x.dtype(), Ops.rowShape(x), x.device());
    Result result = new Result(sum, output, mean, rstd);
    Backends.of(x.device()).layerNorm(in, result);
    return result;
  }

  /**
   * Gradients of {@link #layerNorm}; see {@link Backend#layerNormBackward}.
   *
   * @param gamma of the inputs
   */
  public static Gradients layerNormBackward(Tensor gamma, Result result, Tensor gradOutput) {
    String op = "layerNorm backward";
    Tensor sum = result.sum();
    if (sum == result.output()) {
      throw new TensorException(op + ": the sum " + sum + " was not kept");
    }
    Checks.requireSame(op + ": gamma", sum, gamma);
    if (!gamma.shape().equals(Shape.of(sum.dim(-1)))) {
      throw new TensorException(op + ": gamma is " + gamma + " for " + sum);
    }
    Checks.requireSame(op, sum, gradOutput);
    if (!gradOutput.shape().equals(sum.shape())) {
      throw new TensorException(op + ": gradient is " + gradOutput + " for " + sum);
    }
    Gradients gradients =
        new Gradients(Ops.emptyLike(sum), Ops.emptyLike(gamma), Ops.emptyLike(gamma));
    Backends.of(sum.device()).layerNormBackward(gamma, result, gradOutput, gradients);
    return gradients;
  }
}
