package dev.weft.nn.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;
import org.junit.jupiter.api.Test;

class ClipNetworkTest {
  private static final int PATCH = 2;
  private static final int SIDE = 3;

  private static TransformerConfig encoder() {
    return TransformerConfig.builder(1, 8)
        .heads(2)
        .activation(UnaryOp.QUICK_GELU)
        .norm(NormPlacement.PRE)
        .epsilon(1e-5)
        .build();
  }

  private static ClipNetwork network(int endToken) {
    ClipConfig config =
        new ClipConfig(
            new ClipConfig.Text(20, 6, endToken, encoder()),
            new ClipConfig.Vision(PATCH * SIDE, PATCH, 3, encoder()),
            4);
    return ClipNetwork.create(Weights.random(DType.F64, new RandomSource(1)), config);
  }

  @Test
  void patchesAreAConvolution() {
    ClipVisionNetwork vision = network(19).vision();
    int size = PATCH * SIDE;
    Tensor pixels = Ops.randomNormal(DType.F64, Shape.of(2, 3, size, size), new RandomKey(2, 0));
    Tensor embedded = vision.embedPatches(Variable.of(pixels)).value();
    assertArrayEquals(new int[] {2, SIDE * SIDE, 8}, embedded.shape().dims());
    double[] x = pixels.toDoubles();
    double[] w = vision.patches().value().toDoubles();
    double[] actual = embedded.toDoubles();
    int at = 0;
    for (int image = 0; image < 2; image++) {
      for (int patch = 0; patch < SIDE * SIDE; patch++) {
        for (int out = 0; out < 8; out++) {
          double expected = 0;
          for (int i = 0; i < 3 * PATCH * PATCH; i++) {
            int channel = i / (PATCH * PATCH);
            int row = patch / SIDE * PATCH + i / PATCH % PATCH;
            int column = patch % SIDE * PATCH + i % PATCH;
            expected +=
                x[((image * 3 + channel) * size + row) * size + column]
                    * w[out * 3 * PATCH * PATCH + i];
          }
          assertEquals(expected, actual[at++], 1e-12);
        }
      }
    }
  }

  private static double[] embedding(ClipNetwork network, int... ids) {
    Tensor input = Tensor.of(ids, 1, ids.length);
    return network.text().forward(input, Mode.inference()).value().toDoubles();
  }

  @Test
  void textStandsAtItsFirstEndToken() {
    ClipNetwork network = network(5);
    double[] alone = embedding(network, 18, 3, 5);
    assertArrayEquals(alone, embedding(network, 18, 3, 5, 5, 19, 0), 1e-12);
    assertNotSame(alone, embedding(network, 18, 3, 4, 5));
  }

  @Test
  void orAtItsGreatestToken() {
    ClipNetwork network = network(ClipConfig.GREATEST_TOKEN);
    double[] alone = embedding(network, 18, 3, 19);
    assertArrayEquals(alone, embedding(network, 18, 3, 19, 19, 0, 2), 1e-12);
    assertNotSame(alone, embedding(network, 18, 2, 4, 19));
  }

  private static void assertNotSame(double[] a, double[] b) {
    double difference = 0;
    for (int i = 0; i < a.length; i++) {
      difference += Math.abs(a[i] - b[i]);
    }
    assertTrue(difference > 1e-3, "the same vector");
  }

  @Test
  void textWithoutAnEndTokenIsRefused() {
    TensorException error =
        assertThrows(TensorException.class, () -> embedding(network(5), 18, 3, 4));
    assertTrue(error.getMessage().contains("no end token 5"), error.getMessage());
  }

  @Test
  void longTextsAndImagesOfAnotherSizeAreRefused() {
    assertThrows(TensorException.class, () -> embedding(network(5), 1, 1, 1, 1, 1, 1, 5));
    Variable pixels = Variable.of(Tensor.zeros(DType.F64, 1, 3, 6, 8));
    TensorException error =
        assertThrows(
            TensorException.class, () -> network(5).vision().forward(pixels, Mode.inference()));
    assertTrue(error.getMessage().contains("[1, 3, 6, 6]"), error.getMessage());
  }

  @Test
  void gradientReachesEveryParameter() {
    ClipNetwork network = network(5);
    Variable text = network.text().forward(Tensor.of(new int[] {1, 5}, 1, 2), Mode.inference());
    text.backward(Tensor.full(DType.F64, text.shape(), text.value().device(), 1));
    Variable image =
        network
            .vision()
            .forward(
                Variable.of(Ops.randomNormal(DType.F64, Shape.of(1, 3, 6, 6), new RandomKey(3, 0))),
                Mode.inference());
    image.backward(Tensor.full(DType.F64, image.shape(), image.value().device(), 1));
    network
        .parameters()
        .forEach(
            (name, parameter) ->
                assertEquals(!name.equals("logitScale"), parameter.grad() != null, name));
  }
}
