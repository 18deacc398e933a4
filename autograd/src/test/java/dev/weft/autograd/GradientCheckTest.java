package dev.weft.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
  private static final Tensor X = Tensor.of(new double[] {0.5, -1.5, 2});

  /** {@code y = x²} whose derivative is off by a factor. */
  private static Variable square(Variable x, double factor) {
    return Graph.record(
        "square",
        Ops.multiply(x.value(), x.value()),
        (g, needed) -> new Tensor[] {Ops.multiply(Ops.multiply(g, x.value()), 2 * factor)},
        x);
  }

  @Test
  void passesTheRightDerivative() {
    GradientCheck.check(in -> square(in.get(0), 1), X);
  }

  @Test
  void findsADerivativeThatIsSlightlyWrong() {
    assertThrows(
        TensorException.class, () -> GradientCheck.check(in -> square(in.get(0), 1.0001), X));
    GradientCheck.Result worst = GradientCheck.worst(in -> square(in.get(0), 1.01), X);
    assertEquals(worst.numeric() * 1.01, worst.analytic(), 1e-6);
  }

  @Test
  void countsNaNAsWrong() {
    assertThrows(
        TensorException.class, () -> GradientCheck.check(in -> square(in.get(0), Double.NaN), X));
  }

  @Test
  void anInputWithoutInfluenceHasDerivativeZero() {
    GradientCheck.check(in -> square(in.get(1), 1), X, X);
  }

  @Test
  void refusesF32() {
    Tensor coarse = Tensor.of(new float[] {1});
    TensorException error =
        assertThrows(
            TensorException.class, () -> GradientCheck.check(in -> square(in.get(0), 1), coarse));
    assertTrue(error.getMessage().contains("F64"));
  }
}
