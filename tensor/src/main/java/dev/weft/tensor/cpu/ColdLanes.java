package dev.weft.tensor.cpu;

import jdk.incubator.vector.VectorShape;

/** Sums of F32 kept as the lanes of a vector keep them, for {@link ColdStart}'s loops. */
final class ColdLanes {
  static final int LANES = VectorShape.preferredShape().vectorBitSize() / Float.SIZE;

  private ColdLanes() {}

  static float[] zeros() {
    return new float[LANES];
  }

  /** The upper half is added to the lower one until one is left, from {@code at} on. */
  static double total(float[] lanes, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[at + i] += lanes[at + half + i];
      }
    }
    return lanes[at];
  }
}
