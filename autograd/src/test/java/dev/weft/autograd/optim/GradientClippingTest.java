package dev.weft.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.List;
import java.util.Map;
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

  @Test
  void theFactorIsThereWithoutTheNormBeingRead() {
    clip(100, 2, 3, 6);
    Tensor norm = GradientClipping.norm(List.of(a, without, b));
    assertEquals(7, norm.item(), 1e-12);
    assertEquals(0.5, GradientClipping.factor(norm, 3.5).item(), 1e-6);
    assertEquals(1, GradientClipping.factor(norm, 7.1).item());
    assertEquals(1, GradientClipping.factor(norm, Double.POSITIVE_INFINITY).item());
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Tensor notFinite = Tensor.of(new double[] {wrong});
      assertTrue(Double.isNaN(GradientClipping.factor(notFinite, 1).item()));
    }
    assertEquals(0, GradientClipping.norm(List.of(without)).item());
  }

  @Test
  void aFactorThatIsNotFiniteIsNoStep() {
    for (Optimizer optimizer :
        List.of(
            new Adam(Map.of("a", a), Adam.Options.of(0.1)),
            new Sgd(Map.of("a", a), Sgd.Options.of(0.5)))) {
      a.clearGrad();
      a.backward(Tensor.of(new double[] {2, 3}));
      optimizer.step(Tensor.of(new double[] {Double.NaN}));
      assertArrayEquals(new double[2], a.value().toDoubles());
      optimizer
          .state()
          .forEach(
              (name, state) -> assertArrayEquals(new double[state.numel()], state.toDoubles()));
    }
    Tensor norm = Tensor.of(new double[] {1});
    assertThrows(TensorException.class, () -> GradientClipping.factor(norm, -1));
    new Sgd(Map.of("a", a), Sgd.Options.of(0.5)).step(Tensor.of(new double[] {0.5}));
    assertArrayEquals(new double[] {-0.5, -0.75}, a.value().toDoubles());
  }
}
