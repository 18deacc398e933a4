package dev.weft.nn;

import static dev.weft.nn.TestTensors.assertClose;
import static dev.weft.nn.TestTensors.assertGradients;
import static dev.weft.nn.TestTensors.lively;
import static dev.weft.nn.TestTensors.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.autograd.Variable;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayersTest {

  @Test
  void linear() {
    Linear layer = Linear.create(lively(1), 5, 3, Init.zeros());
    Variable x = normal(2, 2, 4, 5);
    assertEquals("[2, 4, 3]", layer.forward(x).shape().toString());
    assertClose(
        Reference.linear(Reference.rows(x.value()), layer), layer.forward(x).value(), 1e-12);
    assertGradients(layer.parameters(), () -> layer.forward(x));

    Linear withoutBias = Linear.withoutBias(lively(1), 5, 3, Init.zeros());
    assertClose(
        Reference.linear(Reference.rows(x.value()), withoutBias),
        withoutBias.forward(x).value(),
        1e-12);
  }

  @Test
  void constantLinear() {
    Linear layer = Linear.create(lively(1), 5, 70);
    Linear constant = Linear.create(lively(1).constant(), 5, 70);
    assertEquals(5, constant.in());
    assertEquals(70, constant.out());
    assertArrayEquals(
        layer.weight().value().toDoubles(),
        constant.parameters().get("weight").value().toDoubles());
    Variable x = normal(2, 2, 4, 5);
    for (UnaryOp activation : new UnaryOp[] {null, UnaryOp.GELU}) {
      Variable expected = activation == null ? layer.forward(x) : layer.forward(x, activation);
      Variable actual = activation == null ? constant.forward(x) : constant.forward(x, activation);
      assertFalse(actual.requiresGrad());
      assertArrayEquals(expected.value().toDoubles(), actual.value().toDoubles());
    }
    Variable learned = Variable.parameter(x.value());
    assertGradients(Map.of("x", learned), () -> constant.forward(learned, UnaryOp.GELU));
  }

  @Test
  void embedding() {
    Embedding layer = Embedding.create(lively(3), 6, 2);
    double[][] table = Reference.rows(layer.weight().value());
    Tensor indices = Tensor.of(new int[] {5, 0, 5, 2}, 2, 2);
    double[][] expected = {table[5], table[0], table[5], table[2]};
    assertEquals("[2, 2, 2]", layer.forward(indices).shape().toString());
    assertClose(expected, layer.forward(indices).value(), 0);
    assertClose(Arrays.copyOf(table, 4), layer.first(4).value(), 0);
    assertGradients(layer.parameters(), () -> layer.forward(indices));
  }

  @Test
  void layerNorm() {
    LayerNorm layer = LayerNorm.create(lively(4), 7, 1e-3);
    Variable x = normal(5, 3, 2, 7);
    assertClose(
        Reference.layerNorm(Reference.rows(x.value()), layer), layer.forward(x).value(), 1e-12);
    assertGradients(layer.parameters(), () -> layer.forward(x));
  }

  @Test
  void dropoutZeroesOrScalesInTrainingOnly() {
    Dropout layer = new Dropout(0.25);
    Variable x = normal(6, 100, 100);
    assertSame(x, layer.forward(x, Mode.inference()));

    double[] in = x.value().toDoubles();
    double[] out = layer.forward(x, Mode.training(new RandomSource(7))).value().toDoubles();
    int dropped = 0;
    for (int i = 0; i < in.length; i++) {
      dropped += out[i] == 0 ? 1 : 0;
      assertEquals(out[i] == 0 ? 0 : in[i] / 0.75, out[i], 1e-12);
    }
    assertEquals(0.25, (double) dropped / in.length, 0.02);
  }

  @Test
  void dropoutMaskDependsOnSeedAndDrawOnly() {
    Dropout layer = new Dropout(0.5);
    Variable x = normal(8, 64);
    RandomSource random = new RandomSource(9);
    Variable first = layer.forward(x, Mode.training(random));
    Variable second = layer.forward(x, Mode.training(random));
    Variable resumed = layer.forward(x, Mode.training(new RandomSource(9, 1)));
    assertArrayEquals(second.value().toDoubles(), resumed.value().toDoubles());
    assertEquals(false, Arrays.equals(first.value().toDoubles(), second.value().toDoubles()));
  }

  @Test
  void dropoutOfNothingDrawsNothing() {
    RandomSource random = new RandomSource(10);
    new Dropout(0).forward(normal(1, 2), Mode.training(random));
    assertEquals(0, random.draws());
  }

  @Test
  void dropoutOutOfRange() {
    assertThrows(TensorException.class, () -> new Dropout(1));
    assertThrows(TensorException.class, () -> new Dropout(-0.1));
    assertThrows(TensorException.class, () -> new Dropout(Double.NaN));
  }
}
