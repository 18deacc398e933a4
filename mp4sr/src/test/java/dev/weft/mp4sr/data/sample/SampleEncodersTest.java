package dev.weft.mp4sr.data.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.ingest.AmazonReviews;
import dev.weft.mp4sr.data.ingest.IngestOptions;
import dev.weft.mp4sr.features.FeatureExtractor;
import dev.weft.mp4sr.features.FeatureOptions;
import dev.weft.mp4sr.features.Features;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleEncodersTest {
  @TempDir Path temp;

  private Dataset sample(SampleOptions options) {
    Path folder = temp.resolve("sample");
    SampleCatalogue.write(folder, options, ProgressListener.NONE);
    IngestOptions ingest =
        IngestOptions.defaults("sample").withImages(folder.resolve(SampleCatalogue.IMAGES));
    return AmazonReviews.read(
            folder.resolve(SampleCatalogue.REVIEWS),
            folder.resolve(SampleCatalogue.META),
            ingest,
            ProgressListener.NONE)
        .dataset();
  }

  /**
   * What a linear model can read off the features that the demo trains on: the reason why an
   * untrained encoder will do. Chance is 1/12 for the kind, 1/8, 1/10, 1/10 and 1/5 for the others.
   */
  @Test
  void featuresCarryWhatDrivesTheChoice() {
    SampleOptions options = SampleOptions.defaults().withSize(500, 300);
    Dataset dataset = sample(options);
    SampleEncoders.write(temp, dataset, 3, ProgressListener.NONE);
    Features features =
        FeatureExtractor.extract(
                dataset,
                temp.resolve(SampleEncoders.BERT),
                temp.resolve(SampleEncoders.CLIP),
                null,
                FeatureOptions.defaults(),
                temp.resolve(FeatureExtractor.FILE),
                ProgressListener.NONE)
            .features();
    Map<String, Product> products = new HashMap<>();
    SampleCatalogue.products(options).forEach(product -> products.put(product.asin(), product));
    List<Product> truth = dataset.items().stream().map(item -> products.get(item.id())).toList();

    Probe text = new Probe(features.text().tensor(), features.textMask(), truth);
    text.assertReads(0.9, Product::kind);
    text.assertReads(0.9, Product::brand);
    text.assertReads(0.9, Product::purpose);
    text.assertHides(0.2, Product::colour);
    Probe image = new Probe(features.image().tensor(), features.imageMask(), truth);
    image.assertReads(0.8, Product::colour);
    image.assertReads(0.5, Product::pattern);
    image.assertHides(0.25, Product::brand);
  }

  /** Mean features of each item that has any, and what the items are. */
  private static final class Probe {
    private final List<double[]> rows = new ArrayList<>();
    private final List<Product> truth = new ArrayList<>();

    Probe(Tensor features, Tensor mask, List<Product> products) {
      for (int item = 0; item < products.size(); item++) {
        double[] mean = new double[features.dim(2)];
        long[] there = mask.select(0, item).toLongs();
        double count = 0;
        for (int slot = 0; slot < there.length; slot++) {
          count += there[slot];
          double[] vector = features.select(0, item).select(0, slot).toDoubles();
          for (int d = 0; d < mean.length; d++) {
            mean[d] += there[slot] * vector[d];
          }
        }
        if (count > 0) {
          for (int d = 0; d < mean.length; d++) {
            mean[d] /= count;
          }
          rows.add(mean);
          truth.add(products.get(item));
        }
      }
    }

    private double accuracy(Function<Product, ? extends Enum<?>> attribute) {
      List<Enum<?>> values = new ArrayList<>();
      int[] classes = new int[truth.size()];
      for (int i = 0; i < classes.length; i++) {
        Enum<?> value = attribute.apply(truth.get(i));
        if (!values.contains(value)) {
          values.add(value);
        }
        classes[i] = values.indexOf(value);
      }
      return RidgeProbe.accuracy(rows.toArray(double[][]::new), classes);
    }

    void assertReads(double least, Function<Product, ? extends Enum<?>> attribute) {
      double accuracy = accuracy(attribute);
      String what = attribute.apply(truth.getFirst()).getDeclaringClass().getSimpleName();
      assertTrue(accuracy >= least, what + ": " + accuracy);
    }

    void assertHides(double most, Function<Product, ? extends Enum<?>> attribute) {
      double accuracy = accuracy(attribute);
      String what = attribute.apply(truth.getFirst()).getDeclaringClass().getSimpleName();
      assertTrue(accuracy <= most, what + ": " + accuracy);
    }
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    Dataset dataset = sample(SampleOptions.defaults().withSize(40, 60));
    for (String name : List.of("a", "b")) {
      SampleEncoders.write(temp.resolve(name), dataset, 5, ProgressListener.NONE);
    }
    for (String file :
        List.of(
            "bert/model.safetensors",
            "bert/vocab.txt",
            "clip/model.safetensors",
            "clip/merges.txt")) {
      assertArrayEquals(
          Files.readAllBytes(temp.resolve("a").resolve(file)),
          Files.readAllBytes(temp.resolve("b").resolve(file)),
          file);
    }
  }

  @Test
  void needsTextsAndPictures() {
    List<Item> items = List.of(new Item("a", List.of(), List.of()));
    Dataset bare = new Dataset("bare", items, List.of(), List.of());
    assertThrows(
        DataException.class, () -> SampleEncoders.write(temp, bare, 1, ProgressListener.NONE));
    List<Item> texts = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      texts.add(new Item("i" + i, List.of(i < 4 ? "blue mug" : "red lamp"), List.of("gone.png")));
    }
    Dataset blind = new Dataset("blind", texts, List.of(), List.of());
    assertThrows(
        DataException.class, () -> SampleEncoders.write(temp, blind, 1, ProgressListener.NONE));
  }
}
