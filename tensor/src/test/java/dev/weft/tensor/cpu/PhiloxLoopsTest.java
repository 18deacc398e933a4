package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.tensor.Philox;
import dev.weft.tensor.RandomKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Words in bulk are those of single blocks, wherever in a stream they stand. */
class PhiloxLoopsTest {
  private static final RandomKey[] KEYS = {
    new RandomKey(0, 0), new RandomKey(-1, -1), new RandomKey(0xF234_5678_9ABC_DEF0L, 7L << 32)
  };

  private static void check(PhiloxLoops loops) {
    // Numbers of blocks carry from the lower word into the upper one, within a vector too.
    long[] starts = {0, 4, 1L << 33, (1L << 34) - 400, (1L << 34) - 4, 1L << 40};
    for (RandomKey key : KEYS) {
      for (long start : starts) {
        for (int n : new int[] {1, 255, 256, 700}) {
          int[] out = new int[768];
          loops.fill(key, start, n, out);
          int[] expected = new int[n];
          int[] block = new int[4];
          for (int i = 0; i < n; i++) {
            Philox.block(key, (start + i) >>> 2, block);
            expected[i] = block[i & 3];
          }
          String place = key + " from " + start;
          assertArrayEquals(expected, Arrays.copyOf(out, n), place);
        }
      }
    }
  }

  @Test
  void plain() {
    check(new PlainPhilox());
  }

  @Test
  void simd() {
    boolean isThere = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    assumeTrue(isThere, "needs --add-modules jdk.incubator.vector");
    check(new SimdPhilox());
  }
}
