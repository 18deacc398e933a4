package dev.weft.autograd.optim;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

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
    check(maxNorm);
    double norm;
    try (Scope _ = Scope.open()) {
      norm = norm(parameters).item();
    }
    double factor = maxNorm / (norm + EPSILON);
    if (!(factor >= 1)) {
      gradients(parameters).forEach(gradient -> Ops.scaleInto(gradient, factor));
    }
    return norm;
  }

  /** The gradients' common Euclidean norm, [1], F64, where they are: it is not waited for. */
  public static Tensor norm(Collection<Variable> parameters) {
    List<Tensor> gradients = gradients(parameters);
    Device device = gradients.isEmpty() ? Device.CPU : gradients.get(0).device();
    Tensor sum = Tensor.empty(DType.F64, Shape.of(1), device);
    Backends.of(device).sumOfSquares(gradients, sum);
    return Ops.unary(UnaryOp.SQRT, sum);
  }

  /**
   * What {@link Optimizer#step(Tensor)} has to multiply gradients with so that their norm is at
   * most {@code maxNorm}; NaN where the norm is not finite.
   *
   * @param norm [1], F64
   * @return the same shape, on the same device
   */
  public static Tensor factor(Tensor norm, double maxNorm) {
    check(maxNorm);
    Tensor one = Tensor.full(DType.F64, norm.shape(), norm.device(), 1);
    Tensor most = Tensor.full(DType.F64, norm.shape(), norm.device(), maxNorm);
    Tensor factor = Ops.divide(most, Ops.add(norm, EPSILON));
    // 0 · ∞ is NaN: a step that is not taken.
    return Ops.add(Ops.binary(BinaryOp.MINIMUM, one, factor), Ops.multiply(norm, 0));
  }

  private static void check(double maxNorm) {
    if (!(maxNorm >= 0)) {
      throw new TensorException("clipping: the maximal norm " + maxNorm + " must be at least 0");
    }
  }

  private static List<Tensor> gradients(Collection<Variable> parameters) {
    return parameters.stream().map(Variable::grad).filter(Objects::nonNull).toList();
  }
}
