package dev.weft.nn;

import static dev.weft.nn.TestTensors.assertClose;
import static dev.weft.nn.TestTensors.assertGradients;
import static dev.weft.nn.TestTensors.lively;
import static dev.weft.nn.TestTensors.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MixtureOfExpertsTest {
  private static final int EXPERTS = 3;
  private static final int IN = 5;
  private static final int HIDDEN = 4;

  private final MixtureOfExperts layer =
      MixtureOfExperts.create(lively(1), EXPERTS, IN, HIDDEN, 0.3, 1e-6);
  private final Variable x = normal(2, 2, 3, IN);

  @Test
  void asWrittenInThePaper() {
    double[][] in = Reference.rows(x.value());
    double[][] all = Reference.linear(in, layer.experts());
    double[][] gates = Reference.linear(in, layer.gate());
    double[][] gamma = Reference.rows(layer.normWeight().value());
    double[][] beta = Reference.rows(layer.normBias().value());
    double[][] expected = new double[in.length][HIDDEN];
    for (int row = 0; row < in.length; row++) {
      gates[row] = Reference.softmax(gates[row]);
      for (int k = 0; k < EXPERTS; k++) {
        double[] outputs = Arrays.copyOfRange(all[row], k * HIDDEN, (k + 1) * HIDDEN);
        double[] expert = Reference.layerNorm(outputs, gamma[k], beta[k], 1e-6);
        for (int i = 0; i < HIDDEN; i++) {
          expected[row][i] += gates[row][k] * expert[i];
        }
      }
    }
    Variable y = layer.forward(x, Mode.inference());
    assertEquals("[2, 3, 4]", y.shape().toString());
    assertClose(expected, y.value(), 1e-12);
    assertClose(gates, layer.gates(x).value(), 1e-12);
  }

  @Test
  void expertsBeginWithEqualSay() {
    Weights random = Weights.random(DType.F64, new RandomSource(1));
    MixtureOfExperts fresh = MixtureOfExperts.create(random, EXPERTS, IN, HIDDEN, 0, 1e-6);
    double[] third = new double[2 * 3 * EXPERTS];
    Arrays.fill(third, 1.0 / 3);
    assertClose(third, fresh.gates(x).value(), 1e-15);
  }

  @Test
  void gradients() {
    assertGradients(layer.parameters(), () -> layer.forward(x, Mode.training(new RandomSource(3))));
  }

  @Test
  void oneExpertIsItsOwnSum() {
    MixtureOfExperts single = MixtureOfExperts.create(lively(1), 1, IN, HIDDEN, 0, 1e-6);
    LayerNorm norm =
        new LayerNorm(
            Variable.of(single.normWeight().value().select(0, 0)),
            Variable.of(single.normBias().value().select(0, 0)),
            1e-6);
    assertClose(
        norm.forward(single.experts().forward(x)).value().toDoubles(),
        single.forward(x, Mode.inference()).value(),
        1e-12);
  }

  @Test
  void noRowsGiveNoRows() {
    Variable none = Variable.of(Tensor.zeros(DType.F64, 0, IN));
    assertArrayEquals(new int[] {0, HIDDEN}, layer.forward(none, Mode.inference()).shape().dims());
  }
}
