package dev.weft.tensor.cpu;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;

/** Uniform numbers, one Philox block after the other. */
final class PlainUniform implements UniformLoops {

  @Override
  public void fill(RandomKey key, long from, int n, float[] out) {
    int[] words = new int[4];
    for (int i = 0; i < n; i += 4) {
      Philox.block(key, (from + i) >>> 2, words);
      for (int j = 0; j < 4; j++) {
        out[i + j] = Philox.toUniform(words[j]);
      }
    }
  }
}
