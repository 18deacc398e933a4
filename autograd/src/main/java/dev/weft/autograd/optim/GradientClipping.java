package dev.weft.autograd.optim;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Collection;

/** Gradient clipping by norm (Pascanu et al., arXiv 1211.5063). */
public final class GradientClipping {
  /** Keeps the division finite; PyTorch's value. */
  private static final double EPSILON = 1e-6;

  private GradientClipping() {}

  /**
   * Scales all gradients by {@code maxNorm / norm} where their common Euclidean norm exceeds {@code
   * maxNorm}. A norm that is not finite makes the gradients NaN: look at the result before
   * stepping.
   *
   * @return the norm before
   */
  public static double clipNorm(Collection<Variable> parameters, double maxNorm) {
    if (!(maxNorm >= 0)) {
      throw new TensorException("clipNorm: the maximal norm " + maxNorm + " must be at least 0");
    }
    double squares = 0;
    for (Variable parameter : parameters) {
      squares += parameter.grad() == null ? 0 : sumOfSquares(parameter.grad());
    }
    double norm = Math.sqrt(squares);
    double factor = maxNorm / (norm + EPSILON);
    if (!(factor >= 1)) {
      for (Variable parameter : parameters) {
        scale(parameter.grad(), factor);
      }
    }
    return norm;
  }

  private static double sumOfSquares(Tensor grad) {
    try (Scope _ = Scope.open()) {
      return Ops.sum(Ops.multiply(grad, grad), false).item();
    }
  }

  private static void scale(Tensor grad, double factor) {
    if (grad == null) {
      return;
    }
    try (Scope _ = Scope.open()) {
      Tensor scalar = Tensor.full(grad.dtype(), Shape.of(), grad.device(), factor);
      Backends.of(grad.device()).binary(BinaryOp.MULTIPLY, grad, scalar.expand(grad.shape()), grad);
    }
  }
}
