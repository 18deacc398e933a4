package dev.weft.mp4sr.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BagOfWordsTest {
  private static final int WIDTH = 512;

  @TempDir Path temp;

  private static double cosine(String a, String b) {
    float[] vectors = new BagOfWords(WIDTH).encode(List.of(a, b));
    double dot = 0;
    double first = 0;
    double second = 0;
    for (int d = 0; d < WIDTH; d++) {
      dot += (double) vectors[d] * vectors[WIDTH + d];
      first += (double) vectors[d] * vectors[d];
      second += (double) vectors[WIDTH + d] * vectors[WIDTH + d];
    }
    return dot / Math.sqrt(first * second);
  }

  /** The cosine of two sentences is that of their bags of words, up to some 1/√width. */
  @Test
  void cosinesAreThoseOfBags() {
    assertEquals(1, cosine("attr_17 attr_530", "attr_530, Attr_17!"), 1e-6);
    assertEquals(0.5, cosine("attr_17 attr_530", "attr_17 attr_9"), 0.15);
    assertEquals(0, cosine("attr_17 attr_530", "attr_1 attr_53"), 0.15);
    assertEquals(1, cosine("!!!", "!!!"), 1e-6);
  }

  @Test
  void vectorsAreOfUnitVariance() {
    float[] vectors = new BagOfWords(WIDTH).encode(List.of("a", "b c d e f", "g g"));
    double[] squares = new double[3];
    for (int i = 0; i < vectors.length; i++) {
      squares[i / WIDTH] += (double) vectors[i] * vectors[i] / WIDTH;
    }
    assertEquals(1, squares[0], 0.25);
    assertEquals(1, squares[1], 0.25);
    assertEquals(2, squares[2], 0.5);
  }

  @Test
  void halfPrecisionIsReadBack() {
    List<Item> items =
        List.of(
            new Item("a", List.of("attr_1 attr_2"), List.of()),
            new Item("b", List.of(), List.of()));
    Dataset dataset = new Dataset("d", items, List.of(), List.of());
    FeatureOptions inFull = FeatureOptions.defaults().withTextEncoder(TextEncoderKind.BAG, 64);
    FeatureOptions options = inFull.withDtype(DType.F16);
    Path file = temp.resolve("f.safetensors");
    FeatureResult made = extract(dataset, options, file);
    assertEquals(1, made.summary().itemsWithNeither());
    Features read = Features.read(file);
    assertEquals(DType.F32, read.text().tensor().dtype());
    FeatureResult full = extract(dataset, inFull, temp.resolve("full.safetensors"));
    float[] exact = full.features().text().tensor().toFloats();
    assertArrayEquals(exact, read.text().tensor().toFloats(), 2e-3f);
    assertTrue(!Arrays.equals(exact, read.text().tensor().toFloats()));
    assertThrows(IllegalArgumentException.class, () -> options.withDtype(DType.I32));
  }

  @Test
  void whatTheDiskDoesNotHoldIsSaidBeforeItIsMade() {
    List<Item> items =
        IntStream.range(0, 1000)
            .mapToObj(i -> new Item("i" + i, List.of("attr_1", "attr_2"), List.of()))
            .toList();
    Dataset dataset = new Dataset("d", items, List.of(), List.of());
    // 1000 items of two texts and a gap, 4 GiB each: 13 TB.
    FeatureOptions options =
        FeatureOptions.defaults().withTextEncoder(TextEncoderKind.BAG, 1 << 30);
    Path file = temp.resolve("f.safetensors");
    DataException e = assertThrows(DataException.class, () -> extract(dataset, options, file));
    assertTrue(e.getMessage().contains("f.safetensors: takes up to "), e.getMessage());
    assertFalse(Files.exists(file));
    assertFalse(Files.exists(temp.resolve("f.safetensors.partial")));
  }

  private static FeatureResult extract(Dataset dataset, FeatureOptions options, Path file) {
    return FeatureExtractor.extract(
        dataset, null, null, null, options, file, ProgressListener.NONE);
  }
}
