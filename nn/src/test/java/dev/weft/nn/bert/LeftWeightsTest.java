package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.nn.Mode;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.nn.text.WordPiece;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loaded model's matrices lie in its file until they are wanted, and end with the model. */
class LeftWeightsTest {
  private static final List<String> TEXTS = List.of("a b c", "b c a b c", "c");
  private static final int HIDDEN = 256;

  /** Bytes of the matrices of the layers: 12 HIDDEN² numbers each. */
  private static final long MATRICES = 2 * 12L * HIDDEN * HIDDEN * Float.BYTES;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Path vocabulary = folder.resolve("vocabulary");
    Files.createDirectories(vocabulary);
    List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    tokens.addAll(List.of("a", "b", "c"));
    Files.write(vocabulary.resolve("vocab.txt"), tokens);
    TransformerConfig layers = TransformerConfig.builder(2, HIDDEN).heads(4).build();
    BertConfig config = BertConfig.of(tokens.size(), layers);
    Weights weights = Weights.random(DType.F32, new RandomSource(7));
    try (BertModel made = BertModel.create(weights, config, WordPiece.load(vocabulary))) {
      made.save(folder);
    }
  }

  private static float[] vectors(BertModel model) {
    return model.embed(TEXTS, BertPooling.MEAN).toFloats();
  }

  @Test
  void theSameBitsEachTime() {
    float[] first;
    try (BertModel model = BertModel.load(folder)) {
      first = vectors(model);
      assertArrayEquals(first, vectors(model));
      assertArrayEquals(first, vectors(model));
    }
    try (BertModel inMemory = BertModel.load(folder, WeightUse.TRAINING)) {
      assertArrayEquals(first, vectors(inMemory), 1e-5f);
    }
  }

  @Test
  void fourThreadsFromTheFirstTextOn() throws Exception {
    float[] expected;
    try (BertModel model = BertModel.load(folder)) {
      expected = vectors(model);
    }
    try (BertModel model = BertModel.load(folder);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<float[]>> calls =
          IntStream.range(0, 16).<Callable<float[]>>mapToObj(_ -> () -> vectors(model)).toList();
      for (Future<float[]> result : threads.invokeAll(calls)) {
        assertArrayEquals(expected, result.get());
      }
    }
  }

  @Test
  void aClosedModelsNetworkSaysSo() {
    BertModel model = BertModel.load(folder);
    BertNetwork network = model.network();
    Tensor ids = Tensor.of(new int[] {5, 6}, 1, 2);
    model.close();
    String error =
        assertThrows(CheckpointException.class, () -> network.forward(ids, null, Mode.inference()))
            .getMessage();
    assertTrue(error.contains(ModelFolder.WEIGHTS) && error.endsWith("was closed"), error);
  }

  @Test
  void savedOverItsOwnFile() {
    float[] expected;
    try (BertModel model = BertModel.load(folder)) {
      expected = vectors(model);
      model.save(folder);
      assertArrayEquals(expected, vectors(model));
    }
    try (BertModel again = BertModel.load(folder)) {
      assertArrayEquals(expected, vectors(again));
    }
  }

  /** Bytes of the weights' mapping that lie in this process's memory now. */
  private long residentOfFile() throws IOException {
    String file = folder.resolve(ModelFolder.WEIGHTS).toRealPath().toString();
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    long bytes = 0;
    boolean isOurs = false;
    for (String line : lines) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        isOurs = line.endsWith(file);
      } else if (isOurs && line.startsWith("Rss:")) {
        bytes += 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return bytes;
  }

  @Test
  void matricesThatAreLaidOutLeaveTheFilesMemory() throws IOException {
    assumeTrue(
        Files.isReadable(Path.of("/proc/self/smaps")), "only Linux tells what lies in memory");
    try (BertModel model = BertModel.load(folder)) {
      assertTrue(residentOfFile() < MATRICES / 4, "loading reads no matrices");
      vectors(model);
      assertTrue(residentOfFile() >= MATRICES, "the first texts are computed from the file");
      vectors(model);
      assertTrue(residentOfFile() < MATRICES / 4, "then the matrices are laid out");
    }
    assertEquals(0, residentOfFile());
    assertEquals(
        "[]",
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
            .filter(line -> line.contains(folder.toString()))
            .collect(Collectors.toList())
            .toString());
  }
}
