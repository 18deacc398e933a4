package dev.weft.autograd.optim;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

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
    double norm;
    try (Scope _ = Scope.open()) {
      List<Tensor> squares = sumsOfSquares(parameters);
      norm = squares.isEmpty() ? 0 : norm(Ops.concat(squares, 0).toDoubles());
    }
    scaleTo(parameters, norm, maxNorm);
    return norm;
  }

  /** Each gradient's sum of squares, [1]; not yet read, so that one may be read with others. */
  public static List<Tensor> sumsOfSquares(Collection<Variable> parameters) {
    List<Tensor> sums = new ArrayList<>();
    for (Variable parameter : parameters) {
      Tensor grad = parameter.grad();
      if (grad != null) {
        sums.add(sumOfSquares(grad));
      }
    }
    return sums;
  }

  private static Tensor sumOfSquares(Tensor grad) {
    Tensor sum = Tensor.empty(grad.dtype(), Shape.of(1), grad.device());
    try (Scope _ = Scope.open()) {
      Ops.copyInto(sum, Ops.sum(Ops.multiply(grad, grad), false));
    }
    return sum;
  }

  /** The common norm of gradients, from their sums of squares. */
  public static double norm(double[] sumsOfSquares) {
    return Math.sqrt(Arrays.stream(sumsOfSquares).reduce(0, Double::sum));
  }

  /** Scales all gradients by {@code maxNorm / norm} where their norm exceeds {@code maxNorm}. */
  public static void scaleTo(Collection<Variable> parameters, double norm, double maxNorm) {
    double factor = maxNorm / (norm + EPSILON);
    if (!(factor >= 1)) {
      for (Variable parameter : parameters) {
        scale(parameter.grad(), factor);
      }
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
