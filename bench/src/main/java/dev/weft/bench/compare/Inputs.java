package dev.weft.bench.compare;

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
}
