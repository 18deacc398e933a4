package dev.weft.mp4sr.data.sample;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a sample in the form of the Amazon review data of 2018: {@value #REVIEWS}, {@value #META}
 * and {@code images/ASIN/1.jpg …}. Text and picture carry different parts of what drives the
 * choice, so a recommender that reads both can win; {@code docs/data.md} has the whole story.
 */
public final class SampleCatalogue {
  /** Name of the reviews' file. */
  public static final String REVIEWS = "reviews_Sample.json.gz";

  /** Name of the products' file. */
  public static final String META = "meta_Sample.json.gz";

  /** Name of the folder with a folder of pictures for each product. */
  public static final String IMAGES = "images";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MM d, yyyy", Locale.US);
  private static final int DUPLICATES = 20;

  // Products that are peculiar, by their place in the catalogue.
  private static final int WITHOUT_IMAGE = 3;
  private static final int WITHOUT_TEXT = 5;
  private static final int BROKEN_IMAGE = 7;
  private static final int MANY_IMAGES = 11;

  private final SampleOptions options;
  private final List<Product> products;

  private SampleCatalogue(SampleOptions options) {
    this.options = options;
    this.products = products(options);
  }

  /** The products of a sample with the truth about them, in the order of {@value #META}. */
  public static List<Product> products(SampleOptions options) {
    return Catalogue.draw(options);
  }

  /**
   * Writes a sample; what was in the folder under the same names is replaced.
   *
   * @throws DataException when the folder cannot be written
   */
  public static void write(Path folder, SampleOptions options, ProgressListener progress) {
    try {
      new SampleCatalogue(options).write(folder, progress);
    } catch (IOException e) {
      throw new DataException("sample: " + folder + " cannot be written: " + e, e);
    }
  }

  private void write(Path folder, ProgressListener progress) throws IOException {
    progress.start("drawing pictures", products.size());
    try {
      for (int i = 0; i < products.size(); i++) {
        writePictures(folder.resolve(IMAGES).resolve(products.get(i).asin()), i);
        progress.step(i + 1);
      }
    } finally {
      progress.end();
    }
    writeLines(
        folder.resolve(META), IntStream.range(0, products.size()).mapToObj(this::meta).toList());
    writeLines(folder.resolve(REVIEWS), reviews());
  }

  private Random stream(String purpose, int index) {
    return Streams.of(options.seed(), options.domain().stream(purpose), index);
  }

  private void writePictures(Path folder, int index) throws IOException {
    Random random = stream("picture", index);
    if (index == BROKEN_IMAGE) {
      PictureFiles.writeBroken(folder);
      return;
    }
    for (int number = 1; number <= pictures(index, random); number++) {
      PictureFiles.write(folder, number, products.get(index), random);
    }
  }

  private static int pictures(int index, Random random) {
    return switch (index) {
      case WITHOUT_IMAGE -> 0;
      case MANY_IMAGES -> 12;
      default -> random.nextInt(10) == 0 ? 2 + random.nextInt(2) : 1;
    };
  }

  private ObjectNode meta(int index) {
    Product product = products.get(index);
    ObjectNode meta = JSON.createObjectNode();
    ArrayNode category = meta.putArray("category");
    ArrayNode description = meta.putArray("description");
    if (index == WITHOUT_TEXT) {
      return meta.put("title", "").put("brand", "").put("asin", product.asin());
    }
    ProductTexts texts = ProductTexts.write(product, stream("text", index));
    category.add("Home").add(product.kind().department()).add(product.kind().nouns().getFirst());
    texts.description().forEach(description::add);
    meta.put("title", texts.title()).put("brand", product.brand().label());
    return meta.put("asin", product.asin());
  }

  private List<ObjectNode> reviews() {
    List<Purchase> purchases = new Shoppers(options, products).purchases();
    List<ObjectNode> reviews = new ArrayList<>();
    Random random = stream("review", 0);
    int apart = Math.max(1, purchases.size() / DUPLICATES);
    for (int i = 0; i < purchases.size(); i++) {
      ObjectNode review = review(purchases.get(i), random);
      reviews.add(review);
      if (i % apart == apart / 2) {
        reviews.add(review);
      }
    }
    return reviews;
  }

  private ObjectNode review(Purchase purchase, Random random) {
    LocalDate day = LocalDate.ofEpochDay(purchase.day());
    ObjectNode review = JSON.createObjectNode();
    review.put("overall", (double) (3 + random.nextInt(3))).put("verified", true);
    review.put("reviewTime", DATE.format(day)).put("reviewerID", purchase.user());
    review.put("asin", products.get(purchase.product()).asin());
    return review.put("unixReviewTime", purchase.day() * 24 * 60 * 60);
  }

  private static void writeLines(Path file, List<ObjectNode> lines) throws IOException {
    AtomicFiles.writeStream(
        file,
        out -> {
          try (GZIPOutputStream gzip = new GZIPOutputStream(out, 1 << 16)) {
            for (ObjectNode line : lines) {
              gzip.write(JSON.writeValueAsString(line).getBytes(StandardCharsets.UTF_8));
              gzip.write('\n');
            }
          }
        });
  }
}
