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

  Features features() {
    Padded text = padded(FeatureChunk::textCounts, FeatureChunk::text);
    Padded image = padded(FeatureChunk::imageCounts, FeatureChunk::image);
    return new Features(text.values(), text.mask(), image.values(), image.mask());
  }

  private record Padded(Tensor values, Tensor mask) {}

  private Padded padded(
      Function<FeatureChunk, int[]> countsOf, Function<FeatureChunk, float[]> valuesOf) {
    int items = chunks.stream().mapToInt(chunk -> countsOf.apply(chunk).length).sum();
    int slots =
        chunks.stream().flatMapToInt(chunk -> Arrays.stream(countsOf.apply(chunk))).max().orElse(0);
    // A catalogue without any still has one slot, masked, so that shapes stay what they are.
    slots = Math.max(slots, 1);
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
