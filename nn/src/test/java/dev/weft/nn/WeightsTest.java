package dev.weft.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WeightsTest {
  private static Variable draw(long seed, Init init, int... dims) {
    return Weights.random(DType.F64, new RandomSource(seed)).parameter("w", init, dims);
  }

  @Test
  void sameSeedDrawsTheSame() {
    double[] first = draw(3, Init.normal(1), 50).value().toDoubles();
    assertArrayEquals(first, draw(3, Init.normal(1), 50).value().toDoubles());
    assertFalse(Arrays.equals(first, draw(4, Init.normal(1), 50).value().toDoubles()));
  }

  @Test
  void drawnByTheirInit() {
    double[] normal = draw(5, Init.normal(0.02), 20_000).value().toDoubles();
    assertEquals(0, Arrays.stream(normal).average().orElseThrow(), 1e-3);
    double variance = Arrays.stream(normal).map(x -> x * x).average().orElseThrow();
    assertEquals(0.02, Math.sqrt(variance), 1e-3);
    double[] uniform = draw(5, Init.uniform(0.3), 20_000).value().toDoubles();
    assertEquals(-0.3, Arrays.stream(uniform).min().orElseThrow(), 1e-3);
    assertEquals(0.3, Arrays.stream(uniform).max().orElseThrow(), 1e-3);
    assertArrayEquals(new double[] {1, 1}, draw(5, Init.ones(), 2).value().toDoubles());
    assertArrayEquals(new double[] {0, 0}, draw(5, Init.zeros(), 2).value().toDoubles());
  }

  @Test
  void parametersOutliveTheScopeTheyWereCreatedIn() {
    Linear layer;
    try (var _ = Scope.open()) {
      layer = Linear.create(Weights.random(DType.F32, new RandomSource(1)).at("part"), 3, 2);
    }
    assertEquals(6, layer.weight().value().toFloats().length);
    assertEquals(2, layer.bias().value().toFloats().length);
  }

  @Test
  void modeIsTrainingOnlyWithRandomNumbers() {
    assertTrue(Mode.training(new RandomSource(1)).isTraining());
    assertFalse(Mode.inference().isTraining());
    assertThrows(IllegalArgumentException.class, () -> Mode.training(null));
  }
}
