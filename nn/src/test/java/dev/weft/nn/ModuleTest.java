package dev.weft.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModuleTest {
  private static final TransformerConfig CONFIG =
      TransformerConfig.builder(2, 8).heads(2).feedForwardSize(12).build();

  private record Pair(Linear first, List<Linear> others, Dropout dropout, int size)
      implements Module {}

  private static Variable variable() {
    return Variable.parameter(Tensor.zeros(DType.F32, 2, 3));
  }

  @Test
  void namesArePathsThroughTheComponents() {
    Linear withoutBias = new Linear(variable(), null);
    Pair pair =
        new Pair(
            new Linear(variable(), variable()),
            List.of(withoutBias, new Linear(variable(), variable())),
            new Dropout(0.1),
            7);
    assertEquals(
        List.of(
            "first.weight", "first.bias", "others.0.weight", "others.1.weight", "others.1.bias"),
        List.copyOf(pair.parameters().keySet()));
    assertSame(withoutBias.weight(), pair.parameters().get("others.0.weight"));
    assertEquals(30, pair.parameterCount());
  }

  @Test
  void sharedVariableIsListedOnceUnderItsFirstName() {
    Linear shared = new Linear(variable(), null);
    Pair pair = new Pair(shared, List.of(shared), new Dropout(0), 0);
    assertEquals(List.of("first.weight"), List.copyOf(pair.parameters().keySet()));
  }

  @Test
  void moduleThatIsNoRecordMustNameItsOwn() {
    Module silent = new Module() {};
    assertThrows(IllegalStateException.class, silent::parameters);
    Variable own = variable();
    Module speaking =
        new Module() {
          @Override
          public Map<String, Variable> parameters() {
            return Map.of("own", own);
          }
        };
    record Holder(Module inner) implements Module {}
    assertEquals(Map.of("inner.own", own), new Holder(speaking).parameters());
  }

  static List<Function<Weights, Module>> layers() {
    return List.of(
        w -> Linear.create(w, 3, 4),
        w -> Linear.withoutBias(w, 3, 4, Init.uniform(0.1)),
        w -> Embedding.create(w, 5, 3),
        w -> LayerNorm.create(w, 3, 1e-5),
        w -> MultiHeadAttention.create(w, 8, 2, 0.1),
        w -> FeedForward.create(w, 8, 12, UnaryOp.GELU),
        w -> TransformerLayer.create(w, CONFIG),
        w -> Transformer.create(w, CONFIG),
        w -> MixtureOfExperts.create(w, 3, 6, 4, 0.1, 1e-5),
        w -> AttentionPooling.create(w, 6, 4, AttentionPooling.Variant.MASKED_TRAINED));
  }

  /** A checkpoint written from {@code parameters()} can be read by {@code create}. */
  @ParameterizedTest
  @MethodSource("layers")
  void createAsksForTheNamesThatParametersGives(Function<Weights, Module> create) {
    List<String> asked = new ArrayList<>();
    Weights random = Weights.random(DType.F32, new RandomSource(1));
    Module module =
        create.apply(
            new Weights() {
              @Override
              public Variable parameter(String name, Init init, int... dims) {
                asked.add(name);
                return random.parameter(name, init, dims);
              }

              @Override
              public DType dtype() {
                return DType.F32;
              }
            });
    assertEquals(new TreeSet<>(asked), new TreeSet<>(module.parameters().keySet()));
    assertEquals(asked.size(), module.parameters().size());
  }
}
