package dev.weft.nn;

import static dev.weft.autograd.op.AddLayerNorm.addLayerNorm;
import static dev.weft.autograd.op.AddLayerNorm.sumAndLayerNorm;
import static dev.weft.autograd.op.LayerNorm.layerNorm;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.AddLayerNorm;

/**
 * Layer normalisation over the last axis: {@code (x - mean) / √(var + epsilon) · weight + bias}; Ba
 * et al., arXiv 1607.06450.
 *
 * @param weight γ, [width]
 * @param bias β, [width]
 */
public record LayerNorm(Variable weight, Variable bias, double epsilon) implements Module {

  /** γ = 1, β = 0. */
  public static LayerNorm create(Weights weights, int width, double epsilon) {
    return new LayerNorm(
        weights.parameter("weight", Init.ones(), width),
        weights.parameter("bias", Init.zeros(), width),
        epsilon);
  }

  /** [..., width] to the same. */
  public Variable forward(Variable x) {
    return layerNorm(x, weight, bias, epsilon);
  }

  /** Of {@code x + residual}, both [..., width]. */
  public Variable ofSum(Variable x, Variable residual) {
    return addLayerNorm(x, residual, weight, bias, epsilon);
  }

  /** {@code x + residual} and what {@link #ofSum} makes of it. */
  public AddLayerNorm.Result withSum(Variable x, Variable residual) {
    return sumAndLayerNorm(x, residual, weight, bias, epsilon);
  }
}
