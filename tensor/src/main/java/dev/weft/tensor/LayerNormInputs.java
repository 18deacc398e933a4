package dev.weft.tensor;

/**
 * What layer normalisation over the last axis is computed from; checked when it is made.
 *
 * @param x [..., n]
 * @param residual added to x before the sum is normalised, of x's shape; null: nothing
 * @param gamma scale, [n]
 * @param beta shift, [n]
 * @param epsilon added to the variances
 */
public record LayerNormInputs(
    Tensor x, Tensor residual, Tensor gamma, Tensor beta, double epsilon) {

  /** Checks the types and shapes. */
  public LayerNormInputs {
    String op = residual == null ? "layerNorm" : "addLayerNorm";
    Checks.requireRows(op, x);
    Checks.requireSame(op + ": gamma", x, gamma);
    Checks.requireSame(op + ": beta", x, beta);
    Shape width = Shape.of(x.dim(-1));
    if (!gamma.shape().equals(width) || !beta.shape().equals(width)) {
      throw new TensorException(
          op + ": gamma " + gamma + " and beta " + beta + " must be " + width + " for " + x);
    }
    if (residual != null) {
      Checks.requireSame(op, x, residual);
      if (!residual.shape().equals(x.shape())) {
        throw new TensorException(op + ": shapes differ: " + x + " and " + residual);
      }
    }
  }
}
