package dev.weft.mp4sr.data.sample;

import java.util.List;
import java.util.Random;

/**
 * Independent random streams of one seed. {@link Random} is specified down to its bits, so a sample
 * is the same on every machine.
 */
final class Streams {
  private Streams() {}

  /** The stream of one purpose, and of one thing within it. */
  static Random of(long seed, String purpose, int index) {
    long mixed = seed * 0x9E3779B97F4A7C15L + purpose.hashCode() * 0xBF58476D1CE4E5B9L + index;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return new Random(mixed ^ (mixed >>> 31));
  }

  static <T> T pick(Random random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  static <T> T pick(Random random, T[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Uniform in [-width, width). */
  static double around(Random random, double width) {
    return (2 * random.nextDouble() - 1) * width;
  }

  /** Exponential with a mean. */
  static double exponential(Random random, double mean) {
    return -mean * StrictMath.log(1 - random.nextDouble());
  }

  /** Letters and digits, as Amazon's ids have them. */
  static String id(Random random, String prefix, int length) {
    StringBuilder id = new StringBuilder(prefix);
    while (id.length() < length) {
      id.append(Character.toUpperCase(Character.forDigit(random.nextInt(36), 36)));
    }
    return id.toString();
  }
}
