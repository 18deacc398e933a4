package dev.weft.nn;

import static dev.weft.nn.TestTensors.assertClose;
import static dev.weft.nn.TestTensors.assertGradients;
import static dev.weft.nn.TestTensors.lively;
import static dev.weft.nn.TestTensors.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    List<Tensor> maps = transformer.attentionMaps(x, mask);
    List<Variable> states = transformer.hiddenStates(x, mask, Mode.inference());
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
}
