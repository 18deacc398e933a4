package dev.weft.autograd.optim;

import dev.weft.tensor.Tensor;
import java.util.Map;

/**
 * Moves parameters against their gradients. Parameters without a gradient are left alone. All
 * updates are in place; an optimiser's own memory outlives every scope.
 */
public interface Optimizer {

  /** One update of every parameter that has a gradient. */
  void step();

  /**
   * The same with every gradient multiplied by a factor, which a device may still be computing; see
   * {@link GradientClipping#factor}. Where it is not finite, parameters and moments stay as they
   * are; the number of steps, which is the host's, goes on if the factor is a device's.
   *
   * @param factor [1], F64, where the parameters are
   */
  void step(Tensor factor);

  /** Forgets the parameters' gradients. */
  void zeroGrad();

  /** The rate of the next step. */
  double learningRate();

  /** Sets the rate of the next steps; see {@link Schedule}. */
  void setLearningRate(double learningRate);

  /**
   * What the next step depends on besides parameters, gradients and learning rate, by name: {@code
   * parameter.kind}. For checkpoints; the tensors are the optimiser's own, not copies.
   */
  Map<String, Tensor> state();

  /**
   * Takes over the {@link #state} of an optimiser of the same kind over parameters of the same
   * names and shapes: the next step is then the one that the other would have made.
   *
   * @throws dev.weft.tensor.TensorException for a name or shape that does not fit; nothing has been
   *     changed then
   */
  void loadState(Map<String, Tensor> state);
}
