package dev.weft.nn;

import dev.weft.autograd.Variable;
import dev.weft.tensor.UnaryOp;

/**
 * The position-wise network {@code activation(x W_1 + b_1) W_2 + b_2}; Vaswani et al., arXiv
 * 1706.03762, section 3.3.
 *
 * @param intermediate W_1 and b_1, [inner, hidden]
 * @param output W_2 and b_2, [hidden, inner]
 */
public record FeedForward(Linear intermediate, Linear output, UnaryOp activation)
    implements Module {

  /** Weights N(0, 0.02²), biases 0. */
  public static FeedForward create(
      Weights weights, int hiddenSize, int innerSize, UnaryOp activation) {
    return new FeedForward(
        Linear.create(weights.at("intermediate"), hiddenSize, innerSize),
        Linear.create(weights.at("output"), innerSize, hiddenSize),
        activation);
  }

  /** [..., hidden] to the same. */
  public Variable forward(Variable x) {
    return output.forward(intermediate.forward(x, activation));
  }
}
