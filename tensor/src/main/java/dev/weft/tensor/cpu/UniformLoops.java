package dev.weft.tensor.cpu;

import dev.weft.tensor.RandomKey;

/** Uniform numbers in bulk. */
interface UniformLoops {
  /** The capacity of {@code out} is a multiple of this. */
  int BLOCK = 256;

  /**
   * {@code out[i]} = number {@code from + i} of a stream, for i below n.
   *
   * @param from a multiple of 4
   * @param out of n elements, rounded up to a multiple of {@link #BLOCK}, or more
   */
  void fill(RandomKey key, long from, int n, float[] out);
}
