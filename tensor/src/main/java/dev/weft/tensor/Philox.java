package dev.weft.tensor;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3" (SC 2011): number {@code i} of a stream is a pure function of key and {@code i}, so any
 * element can be drawn by any thread on any device.
 *
 * <p>Layout: key = seed (low word, high word); counter = (block low, block high, stream low, stream
 * high); block {@code i / 4} holds the numbers {@code i .. i + 3}.
 */
public final class Philox {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private Philox() {}

  /** Fills {@code out[0..3]} with the four 32-bit words of one block of a stream. */
  public static void block(RandomKey key, long block, int[] out) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) key.stream();
    int c3 = (int) (key.stream() >>> 32);
    permute(c0, c1, c2, c3, (int) key.seed(), (int) (key.seed() >>> 32), out);
  }

  /** The ten rounds on a 128-bit counter with a 64-bit key. */
  static void permute(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
      long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(c2);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }

  /** A word as a number of [0, 1) with 24 bits, exact in F32 and F64 alike. */
  public static float toUniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** Number {@code index} of a stream, uniform in [0, 1). */
  public static float uniform(RandomKey key, long index) {
    int[] words = new int[4];
    block(key, index >>> 2, words);
    return toUniform(words[(int) (index & 3)]);
  }

  /**
   * Two standard normal numbers from two words: Box and Muller's transform, {@code √(-2 ln u) (cos
   * 2πv, sin 2πv)} with u in (0, 1].
   */
  public static void toNormals(int word0, int word1, double[] out, int at) {
    double u = ((word0 >>> 8) + 1) * 0x1p-24;
    double angle = 2 * Math.PI * toUniform(word1);
    double radius = Math.sqrt(-2 * StrictMath.log(u));
    out[at] = radius * StrictMath.cos(angle);
    out[at + 1] = radius * StrictMath.sin(angle);
  }
}
