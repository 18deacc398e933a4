package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.TestFiles;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints in several files, and how a folder's weights are found. */
class ShardedCheckpointTest {
  private static final String ONE = "model-00001-of-00002.safetensors";
  private static final String TWO = "model-00002-of-00002.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path folder;

  @BeforeEach
  void writeShards() {
    Map<String, Tensor> first =
        Map.of("a", Tensor.of(new float[] {1}), "b", Tensor.of(new float[] {2}));
    SafeTensors.write(folder.resolve(ONE), first, Map.of("format", "pt"));
    SafeTensors.write(folder.resolve(TWO), Map.of("c", Tensor.of(new float[] {3})), Map.of());
  }

  private Path index(String weightMap) throws IOException {
    String json = "{\"metadata\": {\"total_size\": 12}, \"weight_map\": " + weightMap + "}";
    return Files.writeString(folder.resolve(INDEX), json.replace('\'', '"'));
  }

  @Test
  void tensorsOfAllFiles() throws IOException {
    index("{'c': '%s', 'a': '%s', 'b': '%s'}".formatted(TWO, ONE, ONE));
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      assertEquals(List.of("c", "a", "b"), List.copyOf(checkpoint.tensors().keySet()));
      assertEquals(Map.of("total_size", "12"), checkpoint.metadata());
      assertEquals(2, checkpoint.load("b").item());
      Tensor target = Tensor.zeros(DType.F64, 1);
      checkpoint.loadInto("c", target);
      assertEquals(3, target.item());
      assertThrows(CheckpointException.class, () -> checkpoint.load("d"));
    }
  }

  /** The original reads whole files and so finds what the index forgot. */
  @Test
  void whatTheIndexForgot() throws IOException {
    index("{'c': '%s', 'a': '%s'}".formatted(TWO, ONE));
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      assertEquals(2, checkpoint.load("b").item());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a': 'ONE', 'x': 'TWO'}|x is not in TWO nor in another file",
        "{'a': 'TWO', 'c': 'ONE'}|a is not in TWO but in ONE, c is not in ONE but in TWO",
        "{'a': 'ONE', 'c': 'three.safetensors', 'd': 'four.bin'}|2 of 3 files are missing:"
            + " four.bin",
        "{'a': '../x'}|'a' must name a file of the same folder, not '../x'",
        "{'a': '..'}|must name a file of the same folder",
        "{'a': '/etc/passwd'}|must name a file of the same folder",
        "{'a': 3}|must name a file of the same folder, not '3'",
        "{'a': null}|must name a file of the same folder",
        "{'a': 'ONE', 'a': 'TWO'}|Duplicate field 'a'",
        "{}|needs a weight_map",
        "[]|needs a weight_map",
        "{|is not JSON",
      })
  void indicesThatCannotBe(String weightMap, String reason) throws IOException {
    Path file = index(weightMap.replace("ONE", ONE).replace("TWO", TWO));
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> ModelFolder.openWeights(folder).close());
    String expected = reason.replace("ONE", ONE).replace("TWO", TWO);
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  @Test
  void aBrokenShardIsNamed() throws IOException {
    index("{'c': '%s', 'a': '%s'}".formatted(TWO, ONE));
    Files.writeString(folder.resolve(TWO), "broken");
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> ModelFolder.openWeights(folder).close());
    assertTrue(e.getMessage().contains(TWO), e.getMessage());
  }

  @Test
  void severalFilesByTorch() throws IOException {
    byte[] pickle = Pickle.state(2, 0, new long[] {2}, 1);
    Files.write(folder.resolve("p-1.bin"), Pickle.zip(pickle, Pickle.floats(1, 2)));
    Files.writeString(
        folder.resolve("pytorch_model.bin.index.json"), "{\"weight_map\": {\"w\": \"p-1.bin\"}}");
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      assertArrayEquals(new float[] {1, 2}, checkpoint.load("w").toFloats());
    }
  }

  @Test
  void theOnlyCheckpointWhateverItsName() throws IOException {
    CheckpointException several =
        assertThrows(CheckpointException.class, () -> ModelFolder.openWeights(folder).close());
    assertTrue(several.getMessage().contains("several files"), several.getMessage());
    Files.delete(folder.resolve(ONE));
    Files.delete(folder.resolve(TWO));
    CheckpointException none =
        assertThrows(CheckpointException.class, () -> ModelFolder.openWeights(folder).close());
    assertTrue(none.getMessage().contains("no weights; looked for model.safetensors"));
    Files.writeString(folder.resolve("optimizer.pt"), "not looked at");
    Files.writeString(folder.resolve("training_args.bin"), "nor this");
    Files.copy(TestFiles.resource("torch/state.pt"), folder.resolve("ViT-B-32.pt"));
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      assertTrue(checkpoint.source().endsWith("ViT-B-32.pt"));
    }
  }

  /** What a file is is told by its bytes; only where those say nothing, by its name. */
  @Test
  void filesUnderOtherNames() throws IOException {
    Path torch = folder.resolve("x.safetensors");
    Files.copy(TestFiles.resource("torch/state.pt"), torch);
    ModelFolder.openFile(torch).close();
    Path safe = Files.copy(folder.resolve(ONE), folder.resolve("y.bin"));
    try (Checkpoint checkpoint = ModelFolder.openFile(safe)) {
      assertEquals(1, checkpoint.load("a").item());
    }
    Path neither = Files.writeString(folder.resolve("z.bin"), "<html>Not found</html>");
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> ModelFolder.openFile(neither).close());
    assertTrue(e.getMessage().contains("not a file by torch.save"), e.getMessage());
    Path pointer =
        Files.write(
            folder.resolve("l.bin"),
            "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII));
    e = assertThrows(CheckpointException.class, () -> ModelFolder.openFile(pointer).close());
    assertTrue(e.getMessage().contains("Git LFS pointer"), e.getMessage());
  }
}
