package dev.weft.mp4sr.features;

import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What is counted while features go by. */
final class FeatureCounts {
  private static final int NAMED = 10;

  private final int[] texts;
  private final int[] images;
  private final List<String> troubles = new ArrayList<>();
  private long broken;

  FeatureCounts(int items) {
    this(new int[items], new int[items]);
  }

  private FeatureCounts(int[] texts, int[] images) {
    this.texts = texts;
    this.images = images;
  }

  /** The counts of features that are there. */
  static FeatureCounts of(Tensor textMask, Tensor imageMask) {
    return new FeatureCounts(counts(textMask), counts(imageMask));
  }

  /** How many of each row are true. */
  private static int[] counts(Tensor mask) {
    int[] flags = mask.toInts();
    int[] counts = new int[mask.dim(0)];
    for (int i = 0; i < flags.length; i++) {
      counts[i / mask.dim(1)] += flags[i];
    }
    return counts;
  }

  /** Counts a chunk whose first item is the catalogue's {@code from}-th. */
  void add(int from, FeatureChunk chunk) {
    System.arraycopy(chunk.textCounts(), 0, texts, from, chunk.textCounts().length);
    System.arraycopy(chunk.imageCounts(), 0, images, from, chunk.imageCounts().length);
    chunk.tags().forEach(this::addTags);
  }

  /** Counts a picture if it could not be read. */
  void addTags(ImageTags tags) {
    if (tags.error() != null) {
      broken++;
      if (troubles.size() < NAMED) {
        troubles.add(tags.trouble());
      }
    }
  }

  /** Sentences of each item. */
  int[] texts() {
    return texts;
  }

  /** Readable pictures of each item. */
  int[] images() {
    return images;
  }

  int itemsWithNeither() {
    return (int) IntStream.range(0, texts.length).filter(i -> texts[i] + images[i] == 0).count();
  }

  /** Pictures that could not be read. */
  long broken() {
    return broken;
  }

  /** Why, of the first ones. */
  List<String> troubles() {
    return Collections.unmodifiableList(troubles);
  }
}
