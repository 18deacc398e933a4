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

  /**
   * Inverted dropout over arrays: a training step draws millions of these, so they do not go
   * through a {@link Sink}.
   */
  record Dropout(RandomKey key, double probability) {

    void run(float[] x, int xAt, float[] out, int outAt, int from, int to) {
      double scale = 1 / (1 - probability);
      int[] words = new int[4];
      for (int block = from; block < to; block += 4) {
        Philox.block(key, block >>> 2, words);
        for (int i = block; i < Math.min(block + 4, to); i++) {
          boolean kept = Philox.toUniform(words[i & 3]) >= probability;
          out[outAt + i] = kept ? (float) (x[xAt + i] * scale) : 0;
        }
      }
    }

    void run(double[] x, int xAt, double[] out, int outAt, int from, int to) {
      double scale = 1 / (1 - probability);
      int[] words = new int[4];
      for (int block = from; block < to; block += 4) {
        Philox.block(key, block >>> 2, words);
        for (int i = block; i < Math.min(block + 4, to); i++) {
          boolean kept = Philox.toUniform(words[i & 3]) >= probability;
          out[outAt + i] = kept ? x[xAt + i] * scale : 0;
        }
      }
    }
  }
}
