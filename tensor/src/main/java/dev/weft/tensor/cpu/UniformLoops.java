package dev.weft.tensor.cpu;

import dev.weft.tensor.RandomKey;

/** Uniform numbers in bulk. */
interface UniformLoops {
  /** Capacity of {@code out} and {@code from} are multiples of this. */
  int BLOCK = 256;

  /**
   * {@code out[i]} = number {@code from + i} of a stream, for i below n.
   *
   * @param from a multiple of {@link #BLOCK}
   * @param out of n elements, rounded up to a multiple of {@link #BLOCK}, or more
   */
  void fill(RandomKey key, int from, int n, float[] out);
}
