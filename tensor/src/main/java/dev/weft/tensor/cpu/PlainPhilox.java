package dev.weft.tensor.cpu;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;

/** Random words, one Philox block after the other. */
final class PlainPhilox implements PhiloxLoops {

  @Override
  public void fill(RandomKey key, long from, int n, int[] out) {
    int[] words = new int[4];
    for (int i = 0; i < n; i += 4) {
      Philox.block(key, (from + i) >>> 2, words);
      System.arraycopy(words, 0, out, i, 4);
    }
  }
}
