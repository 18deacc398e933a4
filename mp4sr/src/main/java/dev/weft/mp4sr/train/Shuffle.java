package dev.weft.mp4sr.train;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;

/** Random whole numbers and orders that depend on a {@link RandomKey} only, not on the JDK. */
final class Shuffle {
  private final RandomKey key;
  private final int[] words = new int[4];
  private long at;

  private Shuffle(RandomKey key) {
    this.key = key;
  }

  /** The numbers 0 to {@code size - 1} in a random order (Fisher and Yates). */
  static int[] order(int size, RandomKey key) {
    int[] order = new int[size];
    Shuffle random = new Shuffle(key);
    for (int i = 0; i < size; i++) {
      int other = random.below(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  /** {@code bounds.length} numbers, each from 0 to its bound less 1. */
  static int[] below(int[] bounds, RandomKey key) {
    int[] numbers = new int[bounds.length];
    Shuffle random = new Shuffle(key);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.below(bounds[i]);
    }
    return numbers;
  }

  /** The next word scaled to the bound; no number is favoured by more than bound / 2^32. */
  private int below(int bound) {
    int lane = (int) (at & 3);
    if (lane == 0) {
      Philox.block(key, at >>> 2, words);
    }
    at++;
    return (int) ((Integer.toUnsignedLong(words[lane]) * bound) >>> 32);
  }
}
