package dev.weft.mp4sr.data.ingest;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How interactions become a dataset.
 *
 * @param name of the dataset
 * @param minUserInteractions users with fewer are left out
 * @param minItemInteractions items with fewer are left out; 0 and 1 leave out none that occurs
 * @param untilStable both filters again and again until nothing changes (the k-core); else items
 *     once, then users once
 * @param repeats what becomes of an item that a user comes back to
 * @param maxBadLines so many malformed lines are counted and passed over; one more is an error
 * @param images folder with {@code ID/*.jpg} or {@code ID.jpg} for each item id, or null
 */
public record IngestOptions(
    String name,
    int minUserInteractions,
    int minItemInteractions,
    boolean untilStable,
    Repeats repeats,
    long maxBadLines,
    Path images) {
  /** Checks the ranges. */
  public IngestOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(repeats, "repeats");
    if (minUserInteractions < 0 || minItemInteractions < 0 || maxBadLines < 0) {
      throw new IllegalArgumentException("ingest options: a minimum or limit below 0: " + this);
    }
  }

  /** Users with at least five interactions, all items, every line well-formed, no images. */
  public static IngestOptions defaults(String name) {
    return new IngestOptions(name, 5, 0, false, Repeats.KEEP, 0, null);
  }

  /** Other filters. */
  public IngestOptions withCore(int users, int items, boolean untilStable) {
    return new IngestOptions(name, users, items, untilStable, repeats, maxBadLines, images);
  }

  /** Another rule for repeats. */
  public IngestOptions withRepeats(Repeats repeats) {
    return new IngestOptions(
        name, minUserInteractions, minItemInteractions, untilStable, repeats, maxBadLines, images);
  }

  /** Another limit of malformed lines. */
  public IngestOptions withMaxBadLines(long maxBadLines) {
    return new IngestOptions(
        name, minUserInteractions, minItemInteractions, untilStable, repeats, maxBadLines, images);
  }

  /** A folder of images. */
  public IngestOptions withImages(Path images) {
    return new IngestOptions(
        name, minUserInteractions, minItemInteractions, untilStable, repeats, maxBadLines, images);
  }

  /** The filters in words, for summaries and errors. */
  String filters() {
    return "users with at least %d, items with at least %d interactions%s, repeats %s"
        .formatted(
            minUserInteractions,
            minItemInteractions,
            untilStable ? " until stable" : "",
            repeats == Repeats.KEEP ? "kept" : "dropped");
  }
}
