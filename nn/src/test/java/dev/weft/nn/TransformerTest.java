package dev.weft.nn;

import static dev.weft.nn.TestTensors.assertClose;
import static dev.weft.nn.TestTensors.assertGradients;
import static dev.weft.nn.TestTensors.lively;
import static dev.weft.nn.TestTensors.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransformerTest {
  private static final int SEQ = 4;
  private static final int HIDDEN = 6;

  private final Variable x = normal(2, 2, SEQ, HIDDEN);

  private static TransformerConfig config(NormPlacement norm) {
    return TransformerConfig.builder(2, HIDDEN)
        .heads(2)
        .feedForwardSize(9)
        .activation(UnaryOp.QUICK_GELU)
        .norm(norm)
        .epsilon(1e-4)
        .hiddenDropout(0.3)
        .attentionDropout(0.2)
        .build();
  }

  private static double[][] reference(double[][] x, TransformerLayer layer) {
    Reference.Mask causal = (query, key) -> key <= query;
    if (layer.norm() == NormPlacement.PRE) {
      double[][] normed = Reference.layerNorm(x, layer.attentionNorm());
      double[][] middle = Reference.add(x, Reference.attention(normed, layer.attention(), causal));
      double[][] again = Reference.layerNorm(middle, layer.feedForwardNorm());
      return Reference.add(
          middle, Reference.feedForward(again, layer.feedForward(), Reference::quickGelu));
    }
    double[][] attended = Reference.attention(x, layer.attention(), causal);
    double[][] middle = Reference.layerNorm(Reference.add(x, attended), layer.attentionNorm());
    double[][] transformed =
        Reference.feedForward(middle, layer.feedForward(), Reference::quickGelu);
    return Reference.layerNorm(Reference.add(middle, transformed), layer.feedForwardNorm());
  }

  @ParameterizedTest
  @EnumSource
  void asWrittenInThePaper(NormPlacement norm) {
    Transformer transformer = Transformer.create(lively(1), config(norm));
    Tensor mask = AttentionMask.causal(SEQ);
    List<Variable> states = transformer.hiddenStates(x, mask, Mode.inference());
    assertEquals(3, states.size());
    assertSame(x, states.getFirst());
    for (int i = 0; i < 2; i++) {
      double[][] expected = Reference.rows(x.value().select(0, i));
      for (int layer = 0; layer < 2; layer++) {
        expected = reference(expected, transformer.layers().get(layer));
        assertClose(expected, states.get(layer + 1).value().select(0, i), 1e-11);
      }
    }
    assertArrayEquals(
        states.getLast().value().toDoubles(),
        transformer.forward(x, mask, Mode.inference()).value().toDoubles());
  }

  @ParameterizedTest
  @EnumSource
  void attentionMapsAreThoseOfTheLayersInputs(NormPlacement norm) {
    Transformer transformer = Transformer.create(lively(1), config(norm));
    Tensor mask = AttentionMask.causal(SEQ);
    List<Variable> states = transformer.hiddenStates(x, mask, Mode.inference());
    List<Tensor> maps = transformer.attentionMaps(states, mask);
    assertEquals(2, maps.size());
    for (int layer = 0; layer < 2; layer++) {
      TransformerLayer of = transformer.layers().get(layer);
      double[][] in = Reference.rows(states.get(layer).value().select(0, 1));
      in = norm == NormPlacement.PRE ? Reference.layerNorm(in, of.attentionNorm()) : in;
      assertClose(
          Reference.attentionMap(in, of.attention(), 1, (query, key) -> key <= query),
          maps.get(layer).select(0, 1).select(0, 1),
          1e-11);
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients(NormPlacement norm) {
    Transformer transformer = Transformer.create(lively(1), config(norm));
    Tensor mask = AttentionMask.causal(SEQ);
    assertGradients(
        transformer.parameters(),
        () -> transformer.forward(x, mask, Mode.training(new RandomSource(5))));
  }

  @Test
  void causalMaskHidesTheFuture() {
    Transformer transformer = Transformer.create(lively(1), config(NormPlacement.POST));
    Tensor mask = AttentionMask.causal(SEQ);
    Tensor before = transformer.forward(x, mask, Mode.inference()).value();
    Tensor changed = Ops.copy(x.value());
    Ops.copyInto(changed.slice(1, 3, 4), normal(9, 2, 1, HIDDEN).value());
    Tensor after = transformer.forward(Variable.of(changed), mask, Mode.inference()).value();
    assertArrayEquals(before.slice(1, 0, 3).toDoubles(), after.slice(1, 0, 3).toDoubles());
  }

  @Test
  void paddingChangesNothing() {
    Transformer transformer = Transformer.create(lively(1), config(NormPlacement.PRE));
    Tensor alone = transformer.forward(x, null, Mode.inference()).value();
    Variable padded =
        Variable.of(Ops.concat(List.of(x.value(), normal(9, 2, 2, HIDDEN).value()), 1));
    boolean[] real = {true, true, true, true, false, false, true, true, true, true, false, false};
    Tensor mask = AttentionMask.padding(Tensor.of(real, 2, 6));
    Tensor masked = transformer.forward(padded, mask, Mode.inference()).value();
    assertClose(alone.toDoubles(), masked.slice(1, 0, SEQ), 1e-12);
  }

  @Test
  void sameSeedDropsTheSame() {
    Transformer transformer = Transformer.create(lively(1), config(NormPlacement.POST));
    double[] first =
        transformer.forward(x, null, Mode.training(new RandomSource(3))).value().toDoubles();
    assertArrayEquals(
        first,
        transformer.forward(x, null, Mode.training(new RandomSource(3))).value().toDoubles());
  }

  @Test
  void inferenceHoldsNoMoreThanWhatLeavesEachLayer() {
    Transformer transformer = Transformer.create(lively(1), config(NormPlacement.POST));
    double[] expected = transformer.forward(x, null, Mode.inference()).value().toDoubles();
    try (var _ = NoGrad.open();
        var scope = Scope.open()) {
      Variable y = transformer.forward(x, null, Mode.inference());
      assertEquals(transformer.layers().size(), scope.size());
      assertArrayEquals(expected, y.value().toDoubles());
    }
  }

  /** Sequences of lengths 4, 4, 2 and 1 in one pass, as each alone. */
  @ParameterizedTest
  @EnumSource
  void sequencesOfDifferentLengthsWithoutPadding(NormPlacement norm) {
    Transformer transformer = Transformer.create(lively(1), config(norm));
    List<Tensor> sequences =
        List.of(
            normal(1, 4, HIDDEN).value(),
            normal(2, 4, HIDDEN).value(),
            normal(3, 2, HIDDEN).value(),
            normal(4, 1, HIDDEN).value());
    List<Sequences> groups =
        List.of(
            new Sequences(2, 4, AttentionMask.causal(4)),
            new Sequences(1, 2, AttentionMask.causal(2)),
            new Sequences(1, 1, null));
    Variable rows = Variable.of(Ops.concat(sequences, 0));
    Tensor packed = transformer.forwardGroups(rows, groups, Mode.inference()).value();
    int from = 0;
    for (Tensor sequence : sequences) {
      int to = from + sequence.dim(0);
      Tensor mask = AttentionMask.causal(sequence.dim(0));
      Variable alone = Variable.of(sequence.unsqueeze(0));
      double[] expected = transformer.forward(alone, mask, Mode.inference()).value().toDoubles();
      assertClose(expected, packed.slice(0, from, to), 1e-12);
      from = to;
    }
  }

  /** The map that is shown, times the values, is what the layer computes without storing a map. */
  @ParameterizedTest
  @ValueSource(ints = {5, 300})
  void mapsAreThoseThatTheLayersUse(int seq) {
    MultiHeadAttention attention = MultiHeadAttention.create(lively(3), HIDDEN, 2, 0);
    Variable in = normal(5, 2, seq, HIDDEN);
    boolean[] real = new boolean[2 * seq];
    for (int i = 0; i < real.length; i++) {
      real[i] = i < seq || i % seq < 2 * seq / 3;
    }
    Tensor mask = AttentionMask.padding(Tensor.of(real, 2, seq));
    Tensor map = attention.attentionMap(in, mask);
    for (double sum : Ops.sum(map, false, -1).toDoubles()) {
      assertEquals(1, sum, 1e-12);
    }
    double[] weights = map.toDoubles();
    for (int i = 0; i < weights.length; i++) {
      int text = i / (2 * seq * seq);
      assertTrue(real[text * seq + i % seq] || weights[i] == 0, "masked key " + i);
    }
    Tensor parts = attention.queryKeyValue().forward(in).value().reshape(2, seq, 3, 2, HIDDEN / 2);
    Tensor mixed = Ops.matmul(map, parts.select(2, 2).transpose(1, 2)).transpose(1, 2);
    Variable joined = Variable.of(Ops.copy(mixed).reshape(2, seq, HIDDEN));
    double[] expected = attention.output().forward(joined).value().toDoubles();
    assertClose(expected, attention.forward(in, mask, Mode.inference()).value(), 1e-12);
  }
}
