package dev.weft.tensor.cpu;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;

/**
 * The numbers of a Philox stream in order: what {@link Philox} says about position and layout. A
 * range starts at a multiple of 4, where a block does.
 */
final class RandomFill {
  private RandomFill() {}

  /** Takes one number at its position. */
  @FunctionalInterface
  interface Sink {
    void accept(int index, double value);
  }

  static void uniform(RandomKey key, Sink sink, int from, int to) {
    int[] words = new int[4];
    for (int i = from; i < to; i++) {
      if ((i & 3) == 0) {
        Philox.block(key, i >>> 2, words);
      }
      sink.accept(i, Philox.toUniform(words[i & 3]));
    }
  }

  static void normal(RandomKey key, Sink sink, int from, int to) {
    int[] words = new int[4];
    double[] normals = new double[4];
    for (int i = from; i < to; i++) {
      if ((i & 3) == 0) {
        Philox.block(key, i >>> 2, words);
        Philox.toNormals(words[0], words[1], normals, 0);
        Philox.toNormals(words[2], words[3], normals, 2);
      }
      sink.accept(i, normals[i & 3]);
    }
  }
}
