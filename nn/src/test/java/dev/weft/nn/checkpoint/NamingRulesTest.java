package dev.weft.nn.checkpoint;

import static dev.weft.nn.checkpoint.NamingRules.rule;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamingRulesTest {
  private static final Naming RULES =
      NamingRules.of(
          rule("layers.*.qkv.", "layer.*.q.", "layer.*.k.", "layer.*.v."),
          rule("layers.*.", "layer.*.rest."),
          rule("head", "top"));

  @Test
  void firstRuleThatStartsTheNameCounts() {
    assertEquals(
        List.of("layer.12.q.weight", "layer.12.k.weight", "layer.12.v.weight"),
        RULES.stored("layers.12.qkv.weight"));
    assertEquals(List.of("layer.3.rest.norm.bias"), RULES.stored("layers.3.norm.bias"));
    assertEquals(List.of("top.weight"), RULES.stored("head.weight"));
  }

  @Test
  void dotsAreDotsAndTheRestStays() {
    assertEquals(List.of("layersx3x"), RULES.stored("layersx3x"));
    assertEquals(List.of("layers.x.norm"), RULES.stored("layers.x.norm"));
    assertEquals(List.of("a.head"), RULES.stored("a.head"));
  }

  @Test
  void storedPartsAreEqualCutsOfTheWhole() {
    Map<String, Variable> parameters = new LinkedHashMap<>();
    parameters.put("layers.0.qkv.w", variable(3, 2));
    parameters.put("head", variable(2, 1));
    Map<String, Tensor> stored = RULES.toStored(parameters);
    assertEquals(
        List.of("layer.0.q.w", "layer.0.k.w", "layer.0.v.w", "top"), List.copyOf(stored.keySet()));
    assertArrayEquals(new float[] {2, 3}, stored.get("layer.0.k.w").toFloats());
    assertArrayEquals(new float[] {0, 1}, stored.get("top").toFloats());
  }

  private static Variable variable(int rows, int width) {
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Variable.parameter(Tensor.of(values, rows, width));
  }
}
