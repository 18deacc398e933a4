package dev.weft.bench.compare;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The operands: the same numbers for every engine. */
public final class Inputs {
  private Inputs() {}

  /** Standard normal numbers, the {@code index}th operand of a work. */
  public static float[] normal(int index, int length) {
    SplittableRandom random = new SplittableRandom(index);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Uniform whole numbers in [from, to). */
  public static int[] integers(int index, int length, int from, int to) {
    return new SplittableRandom(index).ints(length, from, to).toArray();
  }

  /** The same as the 64-bit indices that the peers take. */
  public static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  /** Several results as one, one after the other. */
  public static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
