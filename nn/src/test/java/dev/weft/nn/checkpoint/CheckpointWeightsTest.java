package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Linear;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckpointWeightsTest {

  /** Tensors in memory. */
  private record Memory(Map<String, Tensor> held) implements Checkpoint {
    @Override
    public String source() {
      return "tiny.safetensors";
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
      Map<String, TensorInfo> infos = new LinkedHashMap<>();
      held.forEach(
          (name, tensor) -> infos.put(name, new TensorInfo(tensor.dtype(), tensor.shape())));
      return infos;
    }

    @Override
    public Tensor load(String name) {
      return held.get(name);
    }

    @Override
    public void close() {}
  }

  private static Tensor matrix(double first, int rows) {
    double[] values = new double[rows * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i;
    }
    return Tensor.of(values, rows, 2);
  }

  private static CheckpointWeights weights(Map<String, Tensor> held, Naming naming) {
    return new CheckpointWeights(new Memory(held), "tiny.safetensors", DType.F32, naming);
  }

  @Test
  void readsAndConvertsByName() {
    Tensor half = Ops.cast(matrix(1, 3), DType.BF16);
    CheckpointWeights weights =
        weights(Map.of("part.weight", half, "part.bias", Tensor.of(new float[3])), Naming.own());
    Linear layer;
    try (var _ = Scope.open()) {
      layer = Linear.create(weights.at("part"), 2, 3);
    }
    assertEquals(DType.F32, layer.weight().dtype());
    assertTrue(layer.weight().requiresGrad());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, layer.weight().value().toFloats());
    weights.verify();
    assertEquals(Set.of(), weights.unexpected());
  }

  @Test
  void severalStoredTensorsStandOneBelowTheOther() {
    Naming naming = name -> List.of("q", "k", "v");
    Map<String, Tensor> held =
        Map.of("q", matrix(0, 2), "k", matrix(10, 2), "v", matrix(20, 2), "head", matrix(0, 1));
    CheckpointWeights weights = weights(held, naming);
    Variable stacked = weights.parameter("qkv", Init.zeros(), 6, 2);
    weights.verify();
    assertArrayEquals(
        new float[] {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23}, stacked.value().toFloats());
    assertEquals(Set.of("head"), weights.unexpected());
  }

  @Test
  void vectorsStackToAMatrix() {
    Map<String, Tensor> held =
        Map.of("0", Tensor.of(new float[] {1, 2}), "1", Tensor.of(new float[] {3, 4}));
    CheckpointWeights weights = weights(held, name -> List.of("0", "1"));
    Variable stacked = weights.parameter("norms", Init.ones(), 2, 2);
    weights.verify();
    assertArrayEquals(new float[] {1, 2, 3, 4}, stacked.value().toFloats());
  }

  @Test
  void oneErrorTellsOfAllThatIsMissing() {
    CheckpointWeights weights = weights(Map.of("d", matrix(0, 1)), Naming.own());
    for (String name : List.of("a", "b", "c", "e", "f")) {
      weights.parameter(name, Init.ones(), 2);
    }
    assertEquals(List.of("a", "b", "c", "e", "f"), weights.missing());
    CheckpointException error = assertThrows(CheckpointException.class, weights::verify);
    assertEquals("tiny.safetensors: missing: a, b, c and 2 more; not known: d", error.getMessage());
  }

  @Test
  void wrongShapeNamesBoth() {
    CheckpointWeights weights = weights(Map.of("a", matrix(0, 2)), Naming.own());
    weights.parameter("a", Init.ones(), 4);
    CheckpointException error = assertThrows(CheckpointException.class, weights::verify);
    assertEquals("tiny.safetensors: wrong shape: a is [2, 2], expected [4]", error.getMessage());
  }

  @Test
  void wrongPartNamesTheWhole() {
    Map<String, Tensor> held = Map.of("q", matrix(0, 2), "k", matrix(0, 3));
    CheckpointWeights weights = weights(held, name -> List.of("q", "k"));
    weights.parameter("qk", Init.zeros(), 4, 2);
    CheckpointException error = assertThrows(CheckpointException.class, weights::verify);
    assertEquals(
        "tiny.safetensors: wrong shape: k is [3, 2], expected one of 2 parts of [4, 2]",
        error.getMessage());
  }

  /** Everything that is wrong stands in one line. */
  @Test
  void missingMisshapenAndUnknownTogether() {
    Map<String, Tensor> held =
        Map.of("b", matrix(0, 2), "head.weight", matrix(0, 1), "position_ids", matrix(0, 1));
    CheckpointWeights weights = weights(held, Naming.own());
    weights.parameter("a", Init.zeros(), 2, 2);
    weights.parameter("b", Init.zeros(), 3, 2);
    CheckpointException error =
        assertThrows(
            CheckpointException.class, () -> weights.verify(name -> name.equals("position_ids")));
    assertEquals(
        "tiny.safetensors: missing: a; wrong shape: b is [2, 2], expected [3, 2];"
            + " not known: head.weight",
        error.getMessage());
  }

  @Test
  void matricesStoredWithTheirAxesExchanged() {
    Naming naming = NamingRules.of(NamingRules.rule("proj.weight", "p").transposed());
    CheckpointWeights weights = weights(Map.of("p", matrix(0, 3)), naming);
    Variable turned = weights.parameter("proj.weight", Init.zeros(), 2, 3);
    weights.verify();
    assertArrayEquals(new float[] {0, 2, 4, 1, 3, 5}, turned.value().toFloats());
    Map<String, Tensor> stored = naming.toStored(Map.of("proj.weight", turned));
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, stored.get("p").toFloats());
    CheckpointWeights wrong = weights(Map.of("p", matrix(0, 3)), naming);
    wrong.parameter("proj.weight", Init.zeros(), 3, 2);
    assertEquals(List.of("p is [3, 2], expected [2, 3]"), wrong.misshapen());
  }

  /** Half precision as it lies where the caller can use it, and only in matrices. */
  @Test
  void halfPrecisionMayStay() {
    Tensor half = Ops.cast(matrix(1, 3), DType.BF16);
    Tensor other = Ops.cast(matrix(7, 3), DType.F16);
    Map<String, Tensor> held =
        Map.of("w", half, "v", half, "x", other, "b", half.reshape(6), "f", matrix(1, 3));
    Naming naming = name -> name.equals("wx") ? List.of("w", "x") : List.of(name);
    CheckpointWeights weights = weights(held, naming).constant();
    assertEquals(DType.F32, weights.dtype());
    Variable kept = weights.parameter("w", Init.zeros(), 3, 2);
    assertEquals(DType.BF16, kept.dtype());
    assertArrayEquals(half.toFloats(), kept.value().toFloats());
    assertEquals(DType.F32, weights.parameter("b", Init.zeros(), 6).dtype());
    assertEquals(DType.F32, weights.parameter("f", Init.zeros(), 3, 2).dtype());
    Variable mixed = weights.parameter("wx", Init.zeros(), 6, 2);
    assertEquals(DType.F32, mixed.dtype());
    assertArrayEquals(
        new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, mixed.value().toFloats());
    assertEquals(DType.F32, weights(held, naming).parameter("w", Init.zeros(), 3, 2).dtype());
  }

  @Test
  void integersAreNoWeights() {
    CheckpointWeights weights = weights(Map.of("ids", Tensor.of(new long[2])), Naming.own());
    CheckpointException error =
        assertThrows(CheckpointException.class, () -> weights.parameter("ids", Init.zeros(), 2));
    assertTrue(error.getMessage().contains("ids is I64[2]"), error.getMessage());
  }
}
