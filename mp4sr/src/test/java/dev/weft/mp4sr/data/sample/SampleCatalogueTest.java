package dev.weft.mp4sr.data.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.data.ingest.AmazonReviews;
import dev.weft.mp4sr.data.ingest.IngestOptions;
import dev.weft.mp4sr.data.ingest.IngestResult;
import dev.weft.mp4sr.data.ingest.IngestSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleCatalogueTest {
  private static final SampleOptions SMALL = SampleOptions.defaults().withSize(60, 150);

  @TempDir static Path temp;

  private static Path write(String name, SampleOptions options) {
    Path folder = temp.resolve(name);
    SampleCatalogue.write(folder, options, ProgressListener.NONE);
    return folder;
  }

  private static IngestResult ingest(Path folder) {
    IngestOptions options =
        IngestOptions.defaults("sample").withImages(folder.resolve(SampleCatalogue.IMAGES));
    return AmazonReviews.read(
        folder.resolve(SampleCatalogue.REVIEWS),
        folder.resolve(SampleCatalogue.META),
        options,
        ProgressListener.NONE);
  }

  private static Map<String, byte[]> bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .collect(
              Collectors.toMap(f -> folder.relativize(f).toString(), SampleCatalogueTest::read));
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    Map<String, byte[]> first = bytes(write("first", SMALL));
    Map<String, byte[]> second = bytes(write("second", SMALL));
    assertEquals(first.keySet(), second.keySet());
    first.forEach((name, content) -> assertArrayEquals(content, second.get(name), name));
    Map<String, byte[]> other = bytes(write("other", SMALL.withSeed(7)));
    assertFalse(
        Arrays.equals(first.get(SampleCatalogue.REVIEWS), other.get(SampleCatalogue.REVIEWS)));
  }

  @Test
  void isIngestedWithItsPeculiarities() throws IOException {
    IngestResult result = ingest(write("quirks", SMALL));
    IngestSummary summary = result.summary();
    assertEquals(150, summary.kept().users());
    assertEquals(153, summary.read().users());
    assertTrue(summary.cleaning().duplicates() >= 15, summary.toString());
    assertTrue(summary.cleaning().ties() > 0, summary.toString());
    assertEquals(0, summary.cleaning().repeats());
    assertTrue(summary.lengths().shortest() >= 5);
    int items = summary.kept().items();
    assertEquals(items - 1, summary.coverage().itemsWithText());
    assertEquals(items - 1, summary.coverage().itemsWithImage());
    List<Item> catalogue = result.dataset().items();
    assertTrue(catalogue.stream().anyMatch(item -> item.images().size() == 12));
    int unreadable = 0;
    for (Item item : catalogue) {
      for (String image : item.images()) {
        unreadable += isReadable(Path.of(image)) ? 0 : 1;
      }
    }
    assertEquals(1, unreadable);
  }

  private static boolean isReadable(Path image) {
    try {
      return ImageIO.read(image.toFile()) != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void coldItemsComeLate() {
    List<Product> products = SampleCatalogue.products(SampleOptions.defaults());
    List<Purchase> purchases = new Shoppers(SampleOptions.defaults(), products).purchases();
    assertEquals(80, products.stream().filter(Product::isCold).count());
    for (Purchase purchase : purchases) {
      boolean cold = products.get(purchase.product()).isCold();
      assertTrue(!cold || purchase.day() >= Shoppers.LAUNCH_DAY);
    }
    Split split = Split.leaveOneOut(dataset(products, purchases));
    long coldTargets =
        split.test().stream().filter(c -> products.get(c.target() - 1).isCold()).count();
    double share = coldTargets / (double) split.test().size();
    assertTrue(share > 0.1 && share < 0.35, "cold targets " + share);
    double perCold = 0;
    double perWarm = 0;
    for (int i = 0; i < products.size(); i++) {
      if (products.get(i).isCold()) {
        perCold += split.trainingCounts()[i + 1] / 80.0;
      } else {
        perWarm += split.trainingCounts()[i + 1] / 720.0;
      }
    }
    assertTrue(perCold < 5 && perWarm > 20, perCold + " and " + perWarm + " training interactions");
    double mean = purchases.size() / (double) split.training().size();
    assertTrue(mean > 10 && mean < 14, "mean length " + mean);
  }

  private static Dataset dataset(List<Product> products, List<Purchase> purchases) {
    List<Item> items =
        products.stream().map(product -> new Item(product.asin(), List.of(), List.of())).toList();
    Map<String, List<Integer>> byUser =
        purchases.stream()
            .collect(
                Collectors.groupingBy(
                    Purchase::user,
                    Collectors.mapping(purchase -> purchase.product() + 1, Collectors.toList())));
    byUser.values().removeIf(sequence -> sequence.size() < 5);
    List<int[]> sequences =
        byUser.values().stream().map(s -> s.stream().mapToInt(i -> i).toArray()).toList();
    return new Dataset("sample", items, List.copyOf(byUser.keySet()), sequences);
  }

  @Test
  void textsNameBrandAndPurposeButNotTheColour() {
    SampleOptions options = SampleOptions.defaults();
    List<Product> products = SampleCatalogue.products(options);
    int ownColour = 0;
    int anyColour = 0;
    for (int i = 0; i < products.size(); i++) {
      Product product = products.get(i);
      ProductTexts texts = ProductTexts.write(product, Streams.of(options.seed(), "text", i));
      String all = (texts.title() + " " + texts.description()).toLowerCase(Locale.ROOT);
      assertTrue(all.contains(product.brand().label().toLowerCase(Locale.ROOT)), all);
      assertTrue(product.purpose().names().stream().anyMatch(all::contains), all);
      assertTrue(product.kind().nouns().stream().anyMatch(all::contains), all);
      assertFalse(all.contains("{"), all);
      for (Colour colour : Colour.values()) {
        if (all.matches(".*\\b" + colour.label() + "\\b.*")) {
          anyColour++;
          ownColour += colour == product.colour() ? 1 : 0;
        }
      }
    }
    // Named by chance alone: one in ten.
    assertTrue(anyColour > 200, "colours named: " + anyColour);
    assertEquals(0.1, ownColour / (double) anyColour, 0.05);
  }

  @Test
  void optionsAreChecked() {
    assertThrowsNaming("products", () -> SampleOptions.defaults().withSize(3, 10));
    assertThrowsNaming("users", () -> SampleOptions.defaults().withSize(30, 0));
  }

  private static void assertThrowsNaming(String field, Runnable action) {
    try {
      action.run();
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage().startsWith(field), e.getMessage());
      return;
    }
    throw new AssertionError("no error naming " + field);
  }
}
