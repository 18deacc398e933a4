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
 * @param heldOut items that training must not see
 */
public record IngestOptions(
    String name,
    int minUserInteractions,
    int minItemInteractions,
    boolean untilStable,
    Repeats repeats,
    long maxBadLines,
    Path images,
    HeldOut heldOut) {
  /** Checks the ranges. */
  public IngestOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(repeats, "repeats");
    Objects.requireNonNull(heldOut, "heldOut");
    if (minUserInteractions < 0 || minItemInteractions < 0 || maxBadLines < 0) {
      throw new IllegalArgumentException("ingest options: a minimum or limit below 0");
    }
  }

  /** Users with at least five interactions, all items, every line well-formed, no images. */
  public static IngestOptions defaults(String name) {
    return new IngestOptions(name, 5, 0, false, Repeats.KEEP, 0, null, HeldOut.NONE);
  }

  /** Other filters. */
  public IngestOptions withCore(int users, int items, boolean stable) {
    return new IngestOptions(name, users, items, stable, repeats, maxBadLines, images, heldOut);
  }

  /** Another rule for repeats. */
  public IngestOptions withRepeats(Repeats rule) {
    return with(rule, maxBadLines, images, heldOut);
  }

  /** Another limit of malformed lines. */
  public IngestOptions withMaxBadLines(long limit) {
    return with(repeats, limit, images, heldOut);
  }

  /** A folder of images. */
  public IngestOptions withImages(Path folder) {
    return with(repeats, maxBadLines, folder, heldOut);
  }

  /** Items that training must not see. */
  public IngestOptions withHeldOut(HeldOut items) {
    return with(repeats, maxBadLines, images, items);
  }

  private IngestOptions with(Repeats rule, long limit, Path folder, HeldOut items) {
    return new IngestOptions(
        name, minUserInteractions, minItemInteractions, untilStable, rule, limit, folder, items);
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
