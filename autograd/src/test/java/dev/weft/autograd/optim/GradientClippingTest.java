package dev.weft.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientClippingTest {
  private final Variable a = Variable.parameter(Tensor.of(new double[2]));
  private final Variable b = Variable.parameter(Tensor.of(new double[1]));
  private final Variable without = Variable.parameter(Tensor.of(new double[1]));

  private double clip(double maxNorm, double... gradients) {
    a.backward(Tensor.of(new double[] {gradients[0], gradients[1]}));
    b.backward(Tensor.of(new double[] {gradients[2]}));
    return GradientClipping.clipNorm(List.of(a, without, b), maxNorm);
  }

  @Test
  void scalesAllGradientsToTheCommonNorm() {
    assertEquals(7, clip(3.5, 2, 3, 6), 1e-12);
    assertArrayEquals(new double[] {1, 1.5}, a.grad().toDoubles(), 1e-6);
    assertArrayEquals(new double[] {3}, b.grad().toDoubles(), 1e-6);
  }

  @Test
  void leavesSmallGradientsAsTheyAre() {
    assertEquals(7, clip(7.1, 2, 3, 6), 1e-12);
    assertArrayEquals(new double[] {2, 3}, a.grad().toDoubles());
  }

  @Test
  void reportsANormThatIsNotFinite() {
    assertTrue(Double.isNaN(clip(1, Double.NaN, 3, 6)));
    assertThrows(TensorException.class, () -> clip(-1, 1, 1, 1));
  }
}
