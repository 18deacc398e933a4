package dev.weft.nn;

import static dev.weft.autograd.op.Linear.linear;

import dev.weft.autograd.Variable;
import dev.weft.tensor.UnaryOp;

/**
 * {@code y = x Wᵀ + b}, PyTorch's layout.
 *
 * @param weight W, [out, in]
 * @param bias b, [out], or null
 */
public record Linear(Variable weight, Variable bias) implements Module {
  /** N(0, 0.02²), as BERT and M²SE start their weights. */
  static final Init WEIGHT = Init.normal(0.02);

  /** Weights N(0, 0.02²), bias 0. */
  public static Linear create(Weights weights, int in, int out) {
    return create(weights, in, out, WEIGHT);
  }

  /** Weights by {@code init}, bias 0. */
  public static Linear create(Weights weights, int in, int out, Init init) {
    return new Linear(
        weights.parameter("weight", init, out, in), weights.parameter("bias", Init.zeros(), out));
  }

  /** The same without a bias. */
  public static Linear withoutBias(Weights weights, int in, int out, Init init) {
    return new Linear(weights.parameter("weight", init, out, in), null);
  }

  /** [..., in] to [..., out]. */
  public Variable forward(Variable x) {
    return linear(x, weight, bias);
  }

  /** {@code activation(x Wᵀ + b)}: [..., in] to [..., out]. */
  public Variable forward(Variable x, UnaryOp activation) {
    return linear(x, weight, bias, activation);
  }

  /** Extent of the input's last axis. */
  public int in() {
    return weight.dim(1);
  }

  /** Extent of the output's last axis. */
  public int out() {
    return weight.dim(0);
  }
}
