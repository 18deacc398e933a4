package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.TestFiles;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch 1.13 wrote; what is in them is said at each test. */
class PyTorchTest {
  private static Path file(String name) {
    return TestFiles.resource("torch/" + name);
  }

  private static final float[] ONE_TO_SIX = {1, 2, 3, 4, 5, 6};

  /** A storage 0, 1, … 23 seen in several ways, and [[1, 2, 3], [4, 5, 6]] in every type. */
  @ParameterizedTest
  @ValueSource(strings = {"state.pt", "state-legacy.pt", "nested.pt"})
  void everyTypeAndEveryView(String name) {
    try (Checkpoint checkpoint = PyTorch.open(file(name))) {
      for (String type : List.of("f64", "f32", "f16", "bf16", "i64", "i32", "i16", "i8", "u8")) {
        TensorInfo info = checkpoint.tensors().get(type);
        assertEquals(type.toUpperCase(java.util.Locale.ROOT), info.type().name());
        assertEquals(Shape.of(2, 3), info.shape());
        assertArrayEquals(ONE_TO_SIX, checkpoint.load(type).toFloats(), type);
        assertEquals(info.dtype(), checkpoint.load(type).dtype());
      }
      assertHolds(checkpoint, "bool", Shape.of(3), 1, 0, 1);
      assertHolds(checkpoint, "offset", Shape.of(4), 5, 6, 7, 8);
      assertHolds(checkpoint, "strided", Shape.of(2, 2, 2), 1, 2, 9, 10, 13, 14, 21, 22);
      assertHolds(checkpoint, "expanded", Shape.of(2, 5), 3, 3, 3, 3, 3, 3, 3, 3, 3, 3);
      assertHolds(checkpoint, "scalar", Shape.of(), 2.5f);
      assertHolds(checkpoint, "empty", Shape.of(0, 4));
      assertHolds(checkpoint, "parameter", Shape.of(2), 1.5f, -2.5f);
      assertHolds(checkpoint, "tied", Shape.of(2), 1.5f, -2.5f);
      Tensor whole = checkpoint.load("whole");
      assertArrayEquals(
          whole.reshape(4, 6).transpose(0, 1).toFloats(), checkpoint.load("transposed").toFloats());
      assertArrayEquals(
          whole.reshape(2, 3, 4).permute(2, 0, 1).toFloats(),
          checkpoint.load("permuted").toFloats());
      assertEquals(20, checkpoint.tensors().size());
    }
  }

  private static void assertHolds(
      Checkpoint checkpoint, String name, Shape shape, float... values) {
    Tensor tensor = checkpoint.load(name);
    assertEquals(shape, tensor.shape(), name);
    assertArrayEquals(values, tensor.toFloats(), name);
  }

  /** A training run's dict, with an optimiser, numbers, sets, devices and types beside. */
  @Test
  void saysWhereTheStateDictWas() {
    try (Checkpoint checkpoint = PyTorch.open(file("nested.pt"))) {
      assertEquals("state_dict", checkpoint.metadata().get("found under"));
    }
    try (Checkpoint checkpoint = PyTorch.open(file("state.pt"))) {
      assertEquals(Map.of("format", "pt"), checkpoint.metadata());
    }
  }

  /** A module traced by TorchScript, as OpenAI publishes CLIP: its fields, and none of its code. */
  @Test
  void compiledModules() {
    try (Checkpoint checkpoint = PyTorch.open(file("traced.pt"))) {
      Map<String, Shape> shapes = new TreeMap<>();
      checkpoint.tensors().forEach((name, info) -> shapes.put(name, info.shape()));
      assertEquals(
          Map.of(
              "p", Shape.of(2),
              "n", Shape.of(),
              "a.weight", Shape.of(3, 2),
              "a.bias", Shape.of(3),
              "blocks.0.weight", Shape.of(3, 3),
              "blocks.0.bias", Shape.of(3),
              "blocks.1.weight", Shape.of(3),
              "blocks.1.bias", Shape.of(3)),
          shapes);
      assertHolds(checkpoint, "p", Shape.of(2), 1, 1);
      assertHolds(checkpoint, "blocks.1.weight", Shape.of(3), 1, 1, 1);
      assertEquals(7, checkpoint.load("n").item());
      assertEquals(DType.I64, checkpoint.load("n").dtype());
    }
  }

  /** A whole module pickled: an object of a class of its author's. */
  @Test
  void modulesAreRefusedByName() {
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> PyTorch.open(file("module.pt")).close());
    assertTrue(e.getMessage().contains("asks for '__main__.Net'"), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void whatIsLoadedOutlivesTheFile() {
    Checkpoint checkpoint = PyTorch.open(file("state.pt"));
    Tensor loaded = checkpoint.load("f16");
    checkpoint.close();
    checkpoint.close();
    assertArrayEquals(ONE_TO_SIX, loaded.toFloats());
    assertThrows(CheckpointException.class, () -> checkpoint.load("f16"));
  }

  @Test
  void theFixturesHoldOneModel() {
    Set<String> names;
    try (Checkpoint zip = ModelFolder.openWeights(TestFiles.shared("bert-tiny-bin"));
        Checkpoint old = ModelFolder.openWeights(TestFiles.shared("bert-tiny-bin-legacy"))) {
      names = zip.tensors().keySet();
      for (String name : names) {
        String other = old.tensors().containsKey(name) ? name : name.replace("bert.", "");
        assertArrayEquals(zip.load(name).toDoubles(), old.load(other).toDoubles(), name);
      }
    }
    assertTrue(names.contains("bert.embeddings.LayerNorm.gamma"), names.toString());
  }
}
