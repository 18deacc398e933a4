package dev.weft.autograd;

import dev.weft.tensor.Tensor;

/**
 * A vector-Jacobian product: from the gradient of the loss with respect to an op's output to those
 * with respect to its inputs.
 */
@FunctionalInterface
public interface Vjp {
  /**
   * The inputs' gradients, each of its input's shape.
   *
   * @param gradOutput gradient with respect to the output, of its shape; must not be written to
   * @param needed for each input, whether its gradient is asked for
   * @return a tensor for each input; null where it is not needed
   */
  Tensor[] apply(Tensor gradOutput, boolean[] needed);
}
