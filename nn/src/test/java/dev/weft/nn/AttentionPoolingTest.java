package dev.weft.nn;

import static dev.weft.nn.TestTensors.assertClose;
import static dev.weft.nn.TestTensors.lively;
import static dev.weft.nn.TestTensors.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttentionPoolingTest {
  private static final int SENTENCES = 4;
  private static final int WIDTH = 5;
  private static final boolean[] PRESENT = {
    true, true, true, true, false, true, false, true, false, false, false, false
  };

  private final Variable x = normal(2, 3, SENTENCES, WIDTH);
  private final Tensor mask = Tensor.of(PRESENT, 3, SENTENCES);

  private static AttentionPooling pooling(AttentionPooling.Variant variant) {
    return AttentionPooling.create(lively(1), WIDTH, 6, variant);
  }

  private double[][] reference(AttentionPooling pooling, boolean masked) {
    double[][] pooled = new double[3][WIDTH];
    for (int group = 0; group < 3; group++) {
      double[][] sentences = Reference.rows(x.value().select(0, group));
      double[][] scores =
          Reference.linear(Reference.linear(sentences, pooling.projection()), pooling.score());
      double[] logits = new double[SENTENCES];
      for (int j = 0; j < SENTENCES; j++) {
        boolean counts = !masked || PRESENT[group * SENTENCES + j];
        logits[j] = counts ? scores[j][0] : Double.NEGATIVE_INFINITY;
      }
      double[] alpha = Reference.softmax(logits);
      for (int j = 0; j < SENTENCES; j++) {
        for (int i = 0; i < WIDTH; i++) {
          pooled[group][i] += alpha[j] * sentences[j][i];
        }
      }
    }
    return pooled;
  }

  @Test
  void asWrittenInThePaper() {
    AttentionPooling pooling = pooling(AttentionPooling.Variant.MASKED_TRAINED);
    assertClose(reference(pooling, false), pooling.forward(x, null).value(), 1e-12);
  }

  @Test
  void missingSentencesHaveNoSay() {
    AttentionPooling pooling = pooling(AttentionPooling.Variant.MASKED_TRAINED);
    Variable pooled = pooling.forward(x, mask);
    assertClose(reference(pooling, true), pooled.value(), 1e-12);
    // The last group has no sentence at all.
    assertClose(new double[WIDTH], pooled.value().select(0, 2), 0);
  }

  @Test
  void gradients() {
    AttentionPooling pooling = pooling(AttentionPooling.Variant.MASKED_TRAINED);
    TestTensors.assertGradients(pooling.parameters(), () -> pooling.forward(x, mask));
  }

  @Test
  void gradientPassesToTheSentences() {
    AttentionPooling pooling = pooling(AttentionPooling.Variant.MASKED_TRAINED);
    Variable input = Variable.parameter(Ops.copy(x.value()));
    TestTensors.assertGradients(Map.of("x", input), () -> pooling.forward(input, mask));
  }

  @Test
  void frozenVariantCountsMissingSentencesAndPassesNoGradient() {
    AttentionPooling pooling = pooling(AttentionPooling.Variant.UNMASKED_FROZEN);
    Variable pooled = pooling.forward(x, mask);
    assertClose(reference(pooling, false), pooled.value(), 1e-12);
    assertFalse(pooled.requiresGrad());
    assertEquals(4, pooling.parameters().size());
  }
}
