package dev.weft.tensor;

/**
 * Hands out a fresh {@link RandomKey} for every draw. Its whole state is the seed and a counter, so
 * a checkpoint can store it and a resumed run draws what the unbroken one would have drawn. Not
 * thread-safe: the order of draws is part of the result.
 */
public final class RandomSource {
  private final long seed;
  private long draws;

  /** A source at its beginning. */
  public RandomSource(long seed) {
    this(seed, 0);
  }

  /** A source as it was after {@code draws} draws. */
  public RandomSource(long seed, long draws) {
    this.seed = seed;
    this.draws = draws;
  }

  /** The key of the next draw. */
  public RandomKey nextKey() {
    return new RandomKey(seed, draws++);
  }

  /** One uniform number of [0, 1). */
  public double nextUniform() {
    return Philox.uniform(nextKey(), 0);
  }

  /** The seed given at the start. */
  public long seed() {
    return seed;
  }

  /** How many keys have been handed out. */
  public long draws() {
    return draws;
  }
}
