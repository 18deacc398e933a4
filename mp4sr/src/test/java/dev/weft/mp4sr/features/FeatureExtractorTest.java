package dev.weft.mp4sr.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.ingest.AmazonReviews;
import dev.weft.mp4sr.data.ingest.IngestOptions;
import dev.weft.mp4sr.data.sample.SampleCatalogue;
import dev.weft.mp4sr.data.sample.SampleEncoders;
import dev.weft.mp4sr.data.sample.SampleOptions;
import dev.weft.nn.bert.BertModel;
import dev.weft.nn.bert.BertPooling;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.image.Images;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureExtractorTest {
  private static final FeatureOptions OPTIONS = FeatureOptions.defaults().withChunkItems(7);

  @TempDir static Path temp;
  private static Dataset dataset;
  private static Path bertFolder;
  private static Path clipFolder;

  @BeforeAll
  static void makeSample() {
    Path sample = temp.resolve("sample");
    SampleOptions options = SampleOptions.defaults().withSize(40, 60);
    SampleCatalogue.write(sample, options, ProgressListener.NONE);
    IngestOptions ingest =
        IngestOptions.defaults("sample").withImages(sample.resolve(SampleCatalogue.IMAGES));
    dataset =
        AmazonReviews.read(
                sample.resolve(SampleCatalogue.REVIEWS),
                sample.resolve(SampleCatalogue.META),
                ingest,
                ProgressListener.NONE)
            .dataset();
    SampleEncoders.write(temp.resolve("encoders"), dataset, 1, ProgressListener.NONE);
    bertFolder = temp.resolve("encoders").resolve(SampleEncoders.BERT);
    clipFolder = temp.resolve("encoders").resolve(SampleEncoders.CLIP);
  }

  private static FeatureResult extract(
      Dataset data, FeatureOptions options, String name, ProgressListener progress) {
    Path output = temp.resolve(name).resolve(FeatureExtractor.FILE);
    return FeatureExtractor.extract(data, bertFolder, clipFolder, null, options, output, progress);
  }

  private static float[] row(Tensor features, int item, int slot) {
    return features.select(0, item).select(0, slot).toFloats();
  }

  @Test
  void textsAreWhatBertMakesOfThem() {
    Features features = extract(dataset, OPTIONS, "texts", ProgressListener.NONE).features();
    try (BertModel bert = BertModel.load(bertFolder)) {
      for (int item = 0; item < dataset.items().size(); item++) {
        List<String> texts = dataset.items().get(item).texts();
        for (int slot = 0; slot < features.text().slots(); slot++) {
          boolean there = slot < texts.size();
          assertEquals(there ? 1 : 0, features.textMask().select(0, item).toLongs()[slot]);
          float[] expected =
              there
                  ? bert.embed(List.of(texts.get(slot)), BertPooling.CLS).toFloats()
                  : new float[features.width()];
          assertArrayEquals(expected, row(features.text().tensor(), item, slot), 1e-4f);
        }
      }
    }
  }

  @Test
  void picturesAreTheirBestWordsReadByBert() {
    FeatureOptions options =
        OPTIONS.withTopWords(6).withTemplate("a photo of {w}").withPooling(BertPooling.MEAN);
    Features features = extract(dataset, options, "pictures", ProgressListener.NONE).features();
    List<ImageTags> tags = ImageTags.read(temp.resolve("pictures").resolve(ImageTags.FILE));
    List<String> words = WordDictionary.of(dataset).words();
    try (BertModel bert = BertModel.load(bertFolder);
        ClipModel clip = ClipModel.load(clipFolder)) {
      double[] wordVectors =
          clip.encodeText(words.stream().map(word -> "a photo of " + word).toList()).toDoubles();
      ClipPreprocessor preprocessor = ClipPreprocessor.load(clipFolder);
      for (int item : new int[] {0, 4, 9}) {
        Item thing = dataset.items().get(item);
        String image = thing.images().getFirst();
        double[] vector =
            clip.encodePixels(preprocessor.preprocess(List.of(Images.read(Path.of(image)))))
                .toDoubles();
        List<String> best = best(vector, wordVectors, words, 6);
        ImageTags found =
            tags.stream()
                .filter(t -> t.item().equals(thing.id()) && t.image() == 0)
                .findFirst()
                .get();
        assertEquals(best, found.words());
        assertNull(found.error());
        float[] expected = bert.embed(List.of(String.join(" ", best)), BertPooling.MEAN).toFloats();
        assertArrayEquals(expected, row(features.image().tensor(), item, 0), 1e-4f);
      }
    }
  }

  /** TopN by the formula, in float64. */
  private static List<String> best(
      double[] image, double[] wordVectors, List<String> words, int count) {
    int width = image.length;
    double[] cosines = new double[words.size()];
    for (int w = 0; w < cosines.length; w++) {
      double dot = 0;
      double norm = 0;
      double imageNorm = 0;
      for (int d = 0; d < width; d++) {
        double value = wordVectors[w * width + d];
        dot += image[d] * value;
        norm += value * value;
        imageNorm += image[d] * image[d];
      }
      cosines[w] = dot / Math.sqrt(norm * imageNorm);
    }
    return IntStream.range(0, cosines.length)
        .boxed()
        .sorted(Comparator.comparingDouble(w -> -cosines[w]))
        .limit(count)
        .map(words::get)
        .toList();
  }

  @Test
  void whatIsMissingIsMaskedAndCounted() {
    FeatureResult result = extract(dataset, OPTIONS, "missing", ProgressListener.NONE);
    FeatureSummary summary = result.summary();
    int items = dataset.items().size();
    assertEquals(items - 1, summary.itemsWithText());
    assertEquals(items - 2, summary.itemsWithImage());
    assertEquals(1, summary.unreadableImages());
    assertEquals(2, summary.imagesBeyondLimit());
    assertEquals(10, result.features().image().slots());
    assertEquals(0, summary.resumedItems());
    List<ImageTags> broken =
        ImageTags.read(temp.resolve("missing").resolve(ImageTags.FILE)).stream()
            .filter(tags -> tags.error() != null)
            .toList();
    assertEquals(1, broken.size());
    assertTrue(broken.getFirst().error().contains("1.png"), broken.getFirst().error());
    int item = dataset.itemNumbers().get(broken.getFirst().item()) - 1;
    assertEquals(0, result.features().imageMask().select(0, item).toLongs()[0]);
  }

  @Test
  void limitsAreKept() {
    FeatureOptions options = OPTIONS.withLimits(2, 3);
    FeatureResult result = extract(dataset, options, "limits", ProgressListener.NONE);
    assertEquals(2, result.features().text().slots());
    assertEquals(3, result.features().image().slots());
    long texts = dataset.items().stream().mapToLong(item -> item.texts().size()).sum();
    assertEquals(texts, result.summary().texts() + result.summary().textsBeyondLimit());
    assertEquals(9, result.summary().imagesBeyondLimit());
  }

  /** Stops a run as a kill would, after so many items. */
  private record Killer(int after) implements ProgressListener {
    @Override
    public void start(String task, long total) {}

    @Override
    public void step(long done) {
      if (done >= after) {
        throw new IllegalStateException("killed");
      }
    }

    @Override
    public void end() {}
  }

  @Test
  void aBrokenRunGoesOnToTheSameBits() throws IOException {
    extract(dataset, OPTIONS, "whole", ProgressListener.NONE);
    assertThrows(
        IllegalStateException.class, () -> extract(dataset, OPTIONS, "broken", new Killer(15)));
    Path folder = temp.resolve("broken");
    Path partial = folder.resolve(FeatureExtractor.FILE + ".partial");
    assertTrue(Files.isDirectory(partial));
    assertFalse(Files.exists(folder.resolve(FeatureExtractor.FILE)));
    FeatureResult resumed = extract(dataset, OPTIONS, "broken", ProgressListener.NONE);
    assertEquals(21, resumed.summary().resumedItems());
    assertFalse(Files.exists(partial));
    for (String name : List.of(FeatureExtractor.FILE, ImageTags.FILE)) {
      assertArrayEquals(
          Files.readAllBytes(temp.resolve("whole").resolve(name)),
          Files.readAllBytes(folder.resolve(name)),
          name);
    }
  }

  @Test
  void whatAnotherRunLeftIsThrownAway() {
    assertThrows(
        IllegalStateException.class, () -> extract(dataset, OPTIONS, "other", new Killer(15)));
    FeatureResult result =
        extract(dataset, OPTIONS.withTopWords(3), "other", ProgressListener.NONE);
    assertEquals(0, result.summary().resumedItems());
  }

  @Test
  void picturesMayBeLeftOut() {
    Path output = temp.resolve("plain").resolve(FeatureExtractor.FILE);
    FeatureResult result =
        FeatureExtractor.extract(
            dataset, bertFolder, null, null, OPTIONS, output, ProgressListener.NONE);
    assertEquals(0, result.summary().images());
    assertEquals(1, result.features().image().slots());
    assertTrue(
        IntStream.range(0, dataset.items().size())
            .allMatch(i -> result.features().imageMask().toLongs()[i] == 0));
  }

  @Test
  void namesWhatCannotBeUsed() {
    List<Item> bare = new ArrayList<>();
    bare.add(new Item("a", List.of(), List.of()));
    Dataset nothing = new Dataset("bare", bare, List.of(), List.of());
    DataException error =
        assertThrows(
            DataException.class, () -> extract(nothing, OPTIONS, "bare", ProgressListener.NONE));
    assertTrue(error.getMessage().contains("neither texts nor pictures"), error.getMessage());
    Path gone = temp.resolve("no-model");
    assertThrows(
        CheckpointException.class,
        () ->
            FeatureExtractor.extract(
                dataset, gone, null, null, OPTIONS, temp.resolve("x"), ProgressListener.NONE));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withTemplate("a photo"));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withTopWords(0));
    assertThrows(DataException.class, () -> ImageTags.read(gone));
  }
}
