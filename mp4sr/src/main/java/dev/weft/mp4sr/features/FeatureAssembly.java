package dev.weft.mp4sr.features;

import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Puts chunks together: ragged vectors become [items, sentences, width] with a mask. */
final class FeatureAssembly {
  private final List<FeatureChunk> chunks;
  private final int width;

  FeatureAssembly(List<FeatureChunk> chunks, int width) {
    this.chunks = chunks;
    this.width = width;
  }

  /** As wide as the fullest item needs. */
  Features features() {
    return features(fullest(FeatureChunk::textCounts), fullest(FeatureChunk::imageCounts));
  }

  /** With room for so many sentences and pictures an item, which no item exceeds. */
  Features features(int texts, int images) {
    Padded text = padded(FeatureChunk::textCounts, FeatureChunk::text, texts);
    Padded image = padded(FeatureChunk::imageCounts, FeatureChunk::image, images);
    return new Features(text.values(), text.mask(), image.values(), image.mask());
  }

  private record Padded(Tensor values, Tensor mask) {}

  /** A catalogue without any still has one slot, masked, so that shapes stay what they are. */
  private int fullest(Function<FeatureChunk, int[]> countsOf) {
    return Math.max(
        1,
        chunks.stream()
            .flatMapToInt(chunk -> Arrays.stream(countsOf.apply(chunk)))
            .max()
            .orElse(0));
  }

  private Padded padded(
      Function<FeatureChunk, int[]> countsOf, Function<FeatureChunk, float[]> valuesOf, int slots) {
    int items = chunks.stream().mapToInt(chunk -> countsOf.apply(chunk).length).sum();
    float[] values = new float[Math.toIntExact((long) items * slots * width)];
    boolean[] mask = new boolean[items * slots];
    int item = 0;
    for (FeatureChunk chunk : chunks) {
      float[] packed = valuesOf.apply(chunk);
      int from = 0;
      for (int count : countsOf.apply(chunk)) {
        System.arraycopy(packed, from, values, item * slots * width, count * width);
        Arrays.fill(mask, item * slots, item * slots + count, true);
        from += count * width;
        item++;
      }
    }
    return new Padded(Tensor.of(values, items, slots, width), Tensor.of(mask, items, slots));
  }
}
