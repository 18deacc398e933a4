package dev.weft.mp4sr.features;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;

/**
 * Puts chunks together: ragged vectors become [items, sentences, width] with a mask. Of chunks that
 * come from a disk one at a time is in memory.
 */
final class FeatureAssembly {
  private final Iterable<FeatureChunk> chunks;
  private final int[] textCounts;
  private final int[] imageCounts;
  private final int width;

  /**
   * Chunks to be put together.
   *
   * @param chunks gone through as often as is needed
   * @param textCounts number of sentences of each item, over all chunks
   * @param imageCounts number of pictures of each item
   */
  FeatureAssembly(Iterable<FeatureChunk> chunks, int[] textCounts, int[] imageCounts, int width) {
    this.chunks = chunks;
    this.textCounts = textCounts;
    this.imageCounts = imageCounts;
    this.width = width;
  }

  /** As wide as the fullest item needs. */
  void write(Path file, DType dtype, Map<String, String> metadata) {
    FeatureFile.write(
        file,
        dtype,
        metadata,
        text(fullest(textCounts)),
        image(fullest(imageCounts)),
        FeatureFile.MOST);
  }

  /** One chunk with room for so many sentences and pictures an item, which no item exceeds. */
  static Features of(FeatureChunk chunk, int width, int texts, int images) {
    return new Features(
        padded(chunk.textCounts(), chunk.text(), texts, width),
        mask(chunk.textCounts(), texts),
        padded(chunk.imageCounts(), chunk.image(), images, width),
        mask(chunk.imageCounts(), images));
  }

  private FeatureFile.Side text(int slots) {
    return side(textCounts, FeatureChunk::textCounts, FeatureChunk::text, slots);
  }

  private FeatureFile.Side image(int slots) {
    return side(imageCounts, FeatureChunk::imageCounts, FeatureChunk::image, slots);
  }

  private FeatureFile.Side side(
      int[] counts,
      Function<FeatureChunk, int[]> countsOf,
      Function<FeatureChunk, float[]> valuesOf,
      int slots) {
    return new FeatureFile.Side(
        mask(counts, slots),
        slots,
        width,
        () -> {
          Iterator<FeatureChunk> each = chunks.iterator();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return each.hasNext();
            }

            @Override
            public Tensor next() {
              FeatureChunk chunk = each.next();
              return padded(countsOf.apply(chunk), valuesOf.apply(chunk), slots, width);
            }
          };
        });
  }

  /** A catalogue without any still has one slot, masked, so that shapes stay what they are. */
  private static int fullest(int[] counts) {
    return Math.max(1, Arrays.stream(counts).max().orElse(0));
  }

  private static Tensor mask(int[] counts, int slots) {
    boolean[] mask = new boolean[counts.length * slots];
    for (int item = 0; item < counts.length; item++) {
      Arrays.fill(mask, item * slots, item * slots + counts[item], true);
    }
    return Tensor.of(mask, counts.length, slots);
  }

  private static Tensor padded(int[] counts, float[] packed, int slots, int width) {
    float[] values = new float[counts.length * slots * width];
    int from = 0;
    for (int item = 0; item < counts.length; item++) {
      System.arraycopy(packed, from, values, item * slots * width, counts[item] * width);
      from += counts[item] * width;
    }
    return Tensor.of(values, counts.length, slots, width);
  }
}
