package dev.weft.mp4sr.data.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Amazon reviews and metadata of 2014, 2018 and 2023: one JSON object a line, plain or gzip.
 *
 * <p>Reviews: user {@code reviewerID} or {@code user_id}; item {@code parent_asin} or {@code asin};
 * time {@code unixReviewTime} (seconds) or {@code timestamp} (milliseconds); told apart by size.
 * Metadata: {@code title}, {@code description} (a string or a list), {@code brand} or {@code
 * store}, {@code categories} or {@code category} become the texts, in this order. Metadata of 2014,
 * printed by Python, is read too.
 */
public final class AmazonReviews {
  /** Seconds would say the year 5138, milliseconds 1973: what lies above is milliseconds. */
  private static final double FIRST_MILLISECONDS = 1e11;

  private final IngestOptions options;
  private final ProgressListener progress;
  private final BadLines badLines;

  private AmazonReviews(IngestOptions options, ProgressListener progress) {
    this.options = options;
    this.progress = progress;
    this.badLines = new BadLines(options.maxBadLines());
  }

  /**
   * Reads reviews and, where {@code metadata} is not null, the items' metadata.
   *
   * @throws DataException naming file, line and field
   */
  public static IngestResult read(
      Path reviews, Path metadata, IngestOptions options, ProgressListener progress) {
    return new AmazonReviews(options, progress).read(reviews, metadata);
  }

  private IngestResult read(Path reviews, Path metadata) {
    InteractionLog log = new InteractionLog();
    long lines = readReviews(reviews, log);
    Source source = new Source("amazon", reviews, metadata, lines, badLines);
    return new DatasetBuilder(log, options, true)
        .build(
            source,
            catalogue -> {
              if (metadata != null) {
                forEach(metadata, item -> addItem(item, catalogue));
              }
            });
  }

  private long readReviews(Path file, InteractionLog log) {
    ReviewScanner scanner = new ReviewScanner();
    try (TextLines lines = TextLines.open(file, progress)) {
      while (lines.advance()) {
        try {
          if (scanner.scan(lines)) {
            add(lines, scanner.user(), scanner.item(), scanner.time(), log);
          } else if (!lines.text().isBlank()) {
            addReview(JsonRecord.parse(lines, lines.text().strip()), log);
          }
        } catch (MalformedLine e) {
          badLines.add(e);
        }
      }
      return lines.number();
    }
  }

  /** What to do with one line. */
  private interface Consumer {
    void accept(JsonRecord line);
  }

  private long forEach(Path file, Consumer consumer) {
    try (TextLines lines = TextLines.open(file, progress)) {
      for (String text = lines.next(); text != null; text = lines.next()) {
        if (text.isBlank()) {
          continue;
        }
        try {
          consumer.accept(JsonRecord.parse(lines, text.strip()));
        } catch (MalformedLine e) {
          badLines.add(e);
        }
      }
      return lines.number();
    }
  }

  private static void addReview(JsonRecord review, InteractionLog log) {
    String user = review.id("reviewerID", "user_id");
    String item = review.id("parent_asin", "asin");
    add(review.lines(), user, item, review.number("unixReviewTime", "timestamp"), log);
  }

  private static void add(
      TextLines lines, String user, String item, double time, InteractionLog log) {
    if (time <= 0) {
      throw lines.error(
          "field unixReviewTime|timestamp: %s is no time of a review; --max-bad-lines passes over"
                  .formatted(Quoted.of(time))
              + " such lines");
    }
    lines.fitting("field reviewerID|user_id", user);
    lines.fitting("field parent_asin|asin", item);
    log.add(user, item, time < FIRST_MILLISECONDS ? time * 1000 : time);
  }

  private static void addItem(JsonRecord meta, ItemCatalogue catalogue) {
    String id = meta.id("parent_asin", "asin");
    if (!catalogue.wants(id)) {
      return;
    }
    List<String> texts = new ArrayList<>();
    texts.addAll(JsonRecord.strings(meta.any("title")));
    texts.addAll(JsonRecord.strings(meta.any("description")));
    texts.addAll(JsonRecord.strings(meta.any("brand", "store")));
    List<String> categories = JsonRecord.strings(meta.any("categories", "category"));
    texts.add(String.join(", ", ItemTexts.clean(categories)));
    catalogue.put(id, texts);
    JsonNode images = meta.any("imUrl", "imageURLHighRes", "imageURL", "image", "images");
    if (images != null && (images.isTextual() || !images.isEmpty())) {
      catalogue.addLink(id);
    }
  }
}
