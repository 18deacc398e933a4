package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/** What the tests of kernels' versions share: operands, and comparison with double precision. */
final class Ladder {
  static final double ROUNDOFF = 0x1p-24;

  private final Random random;

  Ladder(long seed) {
    this.random = new Random(seed);
  }

  float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  int[] below(int bound, int count) {
    return random.ints(count, 0, bound).toArray();
  }

  static Tensor exact(float[] values, int... dims) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return Tensor.of(wide, dims);
  }

  static Tensor result(int... dims) {
    return Tensor.zeros(DType.F64, dims);
  }

  static void assertClose(Tensor expected, float[] actual, double tolerance, String what) {
    double[] wanted = expected.toDoubles();
    assertEquals(wanted.length, actual.length);
    for (int i = 0; i < wanted.length; i++) {
      if (Double.isNaN(wanted[i])) {
        assertTrue(Float.isNaN(actual[i]), what + " at " + i);
        continue;
      }
      assertEquals(
          wanted[i], actual[i], tolerance * Math.max(1, Math.abs(wanted[i])), what + " at " + i);
    }
  }

  /** Blocks of {@link Card#BLOCK} threads that give each of so many a thread. */
  static int blocks(int threads) {
    return (threads + Card.BLOCK - 1) / Card.BLOCK;
  }
}
