package dev.weft.tensor.cpu;

import dev.weft.tensor.RandomKey;

/** Random words in bulk. */
interface PhiloxLoops {
  /** The capacity of {@code out} is a multiple of this. */
  int BLOCK = 256;

  /**
   * {@code out[i]} = word {@code from + i} of a {@link dev.weft.tensor.Philox} stream, for i below
   * n.
   *
   * @param from a multiple of 4
   * @param out of n elements, rounded up to a multiple of {@link #BLOCK}, or more
   */
  void fill(RandomKey key, long from, int n, int[] out);
}
