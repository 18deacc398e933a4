package dev.weft.nn;

import dev.weft.tensor.RandomSource;

/**
 * Whether a forward pass trains or infers: training draws dropout masks from a source of random
 * numbers, inference drops nothing. Handed to every {@code forward} where it matters, so that no
 * module has a state of its own.
 *
 * @param random where dropout draws from; null for inference
 */
public record Mode(RandomSource random) {
  private static final Mode INFERENCE = new Mode(null);

  /** Nothing is dropped. */
  public static Mode inference() {
    return INFERENCE;
  }

  /** Dropout draws from {@code random}. */
  public static Mode training(RandomSource random) {
    if (random == null) {
      throw new IllegalArgumentException("training needs a RandomSource");
    }
    return new Mode(random);
  }

  /** Whether dropout is on. */
  public boolean isTraining() {
    return random != null;
  }
}
