package dev.weft.mp4sr.train;

/**
 * Independent seeds from one: what is drawn for one purpose must not repeat what is drawn for
 * another, nor the first values of parameters that were drawn with the seed itself.
 */
final class Seeds {
  static final int DROPOUT = 1;
  static final int ORDER = 2;
  static final int PREFIX = 3;
  static final int BATCH_ORDER = 4;

  private Seeds() {}

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) on the purpose's number. */
  static long derive(long seed, int purpose) {
    long z = seed + purpose * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
