package dev.weft.mp4sr.data.sample;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Very many reviews that mean nothing, in the form of Amazon's of 2018, to see how ingest bears
 * them: users and items of a skewed popularity (both drawn as n·u³), some 400 bytes each as real
 * ones have, in no order of time.
 */
public final class BulkReviews {
  private static final String[] WORDS = {
    "great",
    "product",
    "works",
    "as",
    "expected",
    "would",
    "buy",
    "again",
    "the",
    "colour",
    "is",
    "not",
    "what",
    "I",
    "thought",
    "arrived",
    "on",
    "time",
    "my",
    "daughter",
    "loves",
    "it",
    "and"
  };
  private static final int REPORT_EVERY = 10_000;
  private static final long FIRST_SECOND = 1_000_000_000;
  private static final int SECONDS_OF_A_DAY = 86_400;
  private static final int DAYS = 6500;

  private BulkReviews() {}

  /**
   * Writes a gzip file.
   *
   * @param count how many reviews; a fifth as many users, a fortieth as many items
   * @throws DataException when the file cannot be written
   */
  public static void write(Path file, long count, long seed, ProgressListener progress) {
    progress.start("writing reviews", count);
    try {
      AtomicFiles.writeStream(
          file,
          out -> {
            try (GZIPOutputStream gzip = new GZIPOutputStream(out, 1 << 16)) {
              Random random = Streams.of(seed, "bulk", 0);
              StringBuilder line = new StringBuilder();
              for (long i = 0; i < count; i++) {
                line.setLength(0);
                review(random, count, line);
                gzip.write(line.toString().getBytes(StandardCharsets.US_ASCII));
                if (i % REPORT_EVERY == 0) {
                  progress.step(i);
                }
              }
            }
          });
    } catch (IOException e) {
      throw new DataException("sample: " + file + " cannot be written: " + e, e);
    } finally {
      progress.end();
    }
  }

  private static void review(Random random, long count, StringBuilder line) {
    long day = random.nextInt(DAYS);
    line.append("{\"overall\": ").append(1 + random.nextInt(5)).append(".0, \"verified\": true");
    line.append(", \"reviewTime\": \"01 1, 2018\", \"reviewerID\": \"A");
    id(skewed(random, Math.max(1, count / 5)), line);
    line.append("\", \"asin\": \"B0");
    id(skewed(random, Math.max(1, count / 40)), line);
    line.append("\", \"reviewerName\": \"Somebody\", \"reviewText\": \"");
    for (int word = 10 + random.nextInt(60); word > 0; word--) {
      line.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    line.append("\", \"summary\": \"Five Stars\", \"unixReviewTime\": ");
    line.append(FIRST_SECOND + day * SECONDS_OF_A_DAY).append("}\n");
  }

  private static long skewed(Random random, long size) {
    double uniform = random.nextDouble();
    return (long) (size * uniform * uniform * uniform);
  }

  /** Twelve letters and digits; neighbours do not look alike. */
  private static void id(long number, StringBuilder line) {
    long mixed = (number * 0x9E3779B97F4A7C15L) >>> 2;
    String text = Long.toString(mixed, 36).toUpperCase(Locale.ROOT);
    line.append("0".repeat(Math.max(0, 12 - text.length())))
        .append(text, 0, Math.min(12, text.length()));
  }
}
