package dev.weft.nn.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.Weights;
import dev.weft.nn.image.Images;
import dev.weft.nn.text.ClipBpe;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What CLIP shows of its inside, its usual sizes, many texts and pictures at once. */
class ClipDetailsTest {
  private static final List<String> TEXTS =
      List.of("a red shoe", "", "a blue shoe and a very long hat for tea", "tea");
  private static final ClipBpe TOKENIZER = ClipBpe.load(TestFiles.resource("clip-tiny"));

  @TempDir private Path temp;

  private static TransformerConfig encoder(int layers, int hidden) {
    return TransformerConfig.builder(layers, hidden)
        .activation(UnaryOp.QUICK_GELU)
        .norm(NormPlacement.PRE)
        .epsilon(1e-5)
        .build();
  }

  private static ClipModel model(int layers, int imageSize, int patch, int text, int vision) {
    ClipConfig config =
        new ClipConfig(
            new ClipConfig.Text(
                TOKENIZER.vocabularySize(), 77, TOKENIZER.endId(), encoder(layers, text)),
            new ClipConfig.Vision(imageSize, patch, 3, encoder(layers, vision)),
            16);
    return ClipModel.create(Weights.random(DType.F32, new RandomSource(7)), config, TOKENIZER);
  }

  private static Tensor pixels(int count, int size) {
    return Ops.randomNormal(DType.F32, Shape.of(count, 3, size, size), new RandomKey(5, 0));
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape());
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], have[i], 1e-5 * Math.max(1, Math.abs(want[i])), "at " + i);
    }
  }

  @Test
  void textsInside() {
    try (ClipModel clip = model(3, 12, 4, 64, 64)) {
      ClipEncoding shown = clip.inspectText(TEXTS, Detail.values());
      assertClose(clip.encodeText(TEXTS), shown.embedding());
      assertEquals(4, shown.hiddenStates().size());
      Tensor normed =
          clip.network()
              .text()
              .finalNorm()
              .forward(Variable.of(shown.hiddenStates().getLast()))
              .value();
      assertClose(normed, shown.lastHiddenState());
      int end = TOKENIZER.encode(TEXTS.get(2)).length() - 1;
      assertClose(shown.lastHiddenState().select(0, 2).select(0, end), shown.pooled().select(0, 2));
      for (Tensor map : shown.attentionMaps()) {
        for (double sum : Ops.sum(map, false, -1).toDoubles()) {
          assertEquals(1, sum, 1e-5);
        }
        int seq = map.dim(3);
        for (int query = 0; query < seq - 1; query++) {
          for (double ahead : map.select(2, query).slice(2, query + 1, seq).toDoubles()) {
            assertEquals(0, ahead);
          }
        }
      }
      assertEquals(List.of(), clip.inspectText(TEXTS).hiddenStates());
    }
  }

  @Test
  void picturesInside() {
    try (ClipModel clip = model(2, 12, 4, 64, 64)) {
      Tensor pixels = pixels(20, 12);
      ClipEncoding shown = clip.inspectPixels(pixels, Detail.values());
      assertClose(clip.encodePixels(pixels), shown.embedding());
      assertArrayEquals(
          shown.hiddenStates().getLast().toFloats(), shown.lastHiddenState().toFloats());
      assertArrayEquals(new int[] {20, 1, 10, 10}, shown.attentionMaps().get(1).shape().dims());
      assertEquals(0, clip.inspectPixels(pixels(0, 12)).embedding().dim(0));
    }
  }

  /** The four that everybody has, with narrower layers: patches and positions. */
  @ParameterizedTest
  @CsvSource({
    "224, 32, 64, 128, 50",
    "224, 16, 64, 128, 197",
    "224, 14, 128, 192, 257",
    "336, 14, 128, 192, 577"
  })
  void usualSizes(int image, int patch, int text, int vision, int positions) {
    try (ClipModel clip = model(1, image, patch, text, vision)) {
      assertEquals(vision / 64, clip.config().vision().encoder().heads());
      ClipEncoding shown = clip.inspectPixels(pixels(1, image), Detail.HIDDEN_STATES);
      assertArrayEquals(new int[] {1, 16}, shown.embedding().shape().dims());
      assertArrayEquals(new int[] {1, positions, vision}, shown.lastHiddenState().shape().dims());
      assertArrayEquals(new int[] {4, 16}, clip.encodeText(TEXTS).shape().dims());
    }
  }

  @Test
  void textsInBatchesAreAsOneByOne() {
    List<String> texts =
        IntStream.range(0, 59).mapToObj(i -> "shoe ".repeat(i * 37 % 59) + "hat").toList();
    try (ClipModel clip = model(2, 12, 4, 64, 64)) {
      Tensor together = clip.encodeText(texts);
      List<float[]> streamed = clip.encodeText(texts.stream()).toList();
      for (int i = 0; i < texts.size(); i++) {
        assertClose(clip.encodeText(List.of(texts.get(i))), together.slice(0, i, i + 1));
        assertArrayEquals(together.select(0, i).toFloats(), streamed.get(i));
      }
    }
  }

  @Test
  void filesAreAsPictures() throws IOException {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 19; i++) {
      BufferedImage image = new BufferedImage(20 + i, 15, BufferedImage.TYPE_INT_RGB);
      image.setRGB(3, i % 15, 0xff8000 + i);
      files.add(temp.resolve(i + ".png"));
      ImageIO.write(image, "png", files.get(i).toFile());
    }
    try (ClipModel clip = model(2, 12, 4, 64, 64)) {
      float[] expected = clip.encodeImage(files.stream().map(Images::read).toList()).toFloats();
      assertArrayEquals(expected, clip.encodeFiles(files).toFloats());
      float[] streamed = new float[expected.length];
      List<float[]> rows = clip.encodeFiles(files.stream()).toList();
      for (int i = 0; i < rows.size(); i++) {
        System.arraycopy(rows.get(i), 0, streamed, i * 16, 16);
      }
      assertArrayEquals(expected, streamed);
      List<Path> missing = List.of(files.getFirst(), temp.resolve("none.png"));
      String error =
          assertThrows(RuntimeException.class, () -> clip.encodeFiles(missing)).getMessage();
      assertTrue(error.contains("none.png"), error);
    }
  }

  @Test
  void threadsShareAModel() throws Exception {
    try (ClipModel clip = model(2, 12, 4, 64, 64);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Tensor pixels = pixels(3, 12);
      float[] texts = clip.encodeText(TEXTS).toFloats();
      float[] images = clip.encodePixels(pixels).toFloats();
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        results.add(threads.submit(() -> clip.encodeText(TEXTS).toFloats()));
        results.add(threads.submit(() -> clip.encodePixels(pixels).toFloats()));
      }
      for (int i = 0; i < results.size(); i++) {
        assertArrayEquals(i % 2 == 0 ? texts : images, results.get(i).get());
      }
    }
  }

  @Test
  void closedTwiceAndUsedAfter() {
    ClipModel clip = model(1, 12, 4, 64, 64);
    clip.close();
    clip.close();
    Stream<Runnable> uses =
        Stream.of(
            () -> clip.encodeText(TEXTS),
            () -> clip.encodePixels(pixels(1, 12)),
            () -> clip.encodeImage(List.of()),
            () -> clip.inspectText(TEXTS),
            () -> clip.logits(pixels(1, 12), pixels(1, 12)),
            () -> clip.save(temp));
    uses.forEach(
        use -> {
          String error = assertThrows(IllegalStateException.class, use::run).getMessage();
          assertEquals("clip: the model is closed", error);
        });
  }
}
