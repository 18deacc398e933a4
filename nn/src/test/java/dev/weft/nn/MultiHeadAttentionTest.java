package dev.weft.nn;

import static dev.weft.nn.TestTensors.assertClose;
import static dev.weft.nn.TestTensors.assertGradients;
import static dev.weft.nn.TestTensors.lively;
import static dev.weft.nn.TestTensors.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import org.junit.jupiter.api.Test;

class MultiHeadAttentionTest {
  private static final int BATCH = 2;
  private static final int SEQ = 5;
  private static final int HIDDEN = 6;
  private static final int HEADS = 3;
  private static final int[] LENGTHS = {3, 5};

  private final MultiHeadAttention layer = MultiHeadAttention.create(lively(1), HIDDEN, HEADS, 0.4);
  private final Variable x = normal(2, BATCH, SEQ, HIDDEN);

  private static Tensor real() {
    boolean[] real = new boolean[BATCH * SEQ];
    for (int i = 0; i < real.length; i++) {
      real[i] = i % SEQ < LENGTHS[i / SEQ];
    }
    return Tensor.of(real, BATCH, SEQ);
  }

  private static double[][] sequence(Variable x, int index) {
    return Reference.rows(x.value().select(0, index));
  }

  private void assertAttention(Tensor mask, boolean causal, boolean padded) {
    Variable y = layer.forward(x, mask, Mode.inference());
    Tensor maps = layer.attentionMap(x, mask);
    for (int i = 0; i < BATCH; i++) {
      int length = padded ? LENGTHS[i] : SEQ;
      Reference.Mask allowed = (query, key) -> key < length && (!causal || key <= query);
      assertClose(
          Reference.attention(sequence(x, i), layer, allowed), y.value().select(0, i), 1e-12);
      for (int head = 0; head < HEADS; head++) {
        assertClose(
            Reference.attentionMap(sequence(x, i), layer, head, allowed),
            maps.select(0, i).select(0, head),
            1e-12);
      }
    }
  }

  @Test
  void everyoneLooksAtEveryone() {
    assertAttention(null, false, false);
  }

  @Test
  void causal() {
    assertAttention(AttentionMask.causal(SEQ), true, false);
  }

  @Test
  void padding() {
    assertAttention(AttentionMask.padding(real()), false, true);
  }

  @Test
  void causalAndPadding() {
    assertAttention(AttentionMask.causalPadding(real()), true, true);
  }

  @Test
  void masksMayBeWrittenAsNumbers() {
    Tensor numbers = Tensor.of(new long[] {1, 1, 0, 1, 0, 0}, 2, 3);
    assertEquals(DType.BOOL, AttentionMask.padding(numbers).dtype());
    assertClose(new double[] {1, 1, 0, 1, 0, 0}, AttentionMask.padding(numbers).reshape(6), 0);
    assertClose(
        new double[] {1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0},
        AttentionMask.causalPadding(numbers).reshape(18),
        0);
  }

  @Test
  void queryWithNothingToAttendToGivesTheOutputBias() {
    Tensor nothing = Tensor.of(new boolean[BATCH * SEQ], BATCH, SEQ);
    Variable y = layer.forward(x, AttentionMask.padding(nothing), Mode.inference());
    double[] bias = layer.output().bias().value().toDoubles();
    for (double[] row : Reference.rows(y.value())) {
      assertClose(bias, Tensor.of(row), 1e-12);
    }
  }

  @Test
  void gradients() {
    Tensor mask = AttentionMask.causalPadding(real());
    assertGradients(layer.parameters(), () -> layer.forward(x, mask, Mode.inference()));
    assertGradients(
        layer.parameters(), () -> layer.forward(x, mask, Mode.training(new RandomSource(3))));
  }

  @Test
  void dropoutIsOnTheProbabilitiesAndDrawsOnce() {
    RandomSource random = new RandomSource(4);
    Variable trained = layer.forward(x, null, Mode.training(random));
    assertEquals(1, random.draws());
    Variable inferred = layer.forward(x, null, Mode.inference());
    double change = 0;
    for (int i = 0; i < trained.value().numel(); i++) {
      change += Math.abs(trained.value().toDoubles()[i] - inferred.value().toDoubles()[i]);
    }
    assertTrue(change > 0.1);
  }

  @Test
  void headsMustDivideTheWidth() {
    TensorException error =
        assertThrows(
            TensorException.class, () -> MultiHeadAttention.create(lively(1), HIDDEN, 4, 0));
    assertTrue(error.getMessage().contains("hidden size 6"), error.getMessage());
  }
}
