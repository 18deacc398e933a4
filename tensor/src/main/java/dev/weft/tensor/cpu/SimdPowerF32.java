package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Powers of F32 with the Vector API; zeros, negative and infinite numbers are left to the scalar.
 */
final class SimdPowerF32 {
  private SimdPowerF32() {}

  /** {@code out = a^b}; returns n. */
  static int apply(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    loop(a, aAt, b, bAt, out, outAt, end);
    if (end < n) {
      float[] scratch = new float[2 * LANES];
      System.arraycopy(a, aAt + end, scratch, 0, n - end);
      System.arraycopy(b, bAt + end, scratch, LANES, n - end);
      loop(scratch, 0, scratch, LANES, scratch, 0, LANES);
      System.arraycopy(scratch, 0, out, outAt + end, n - end);
    }
    return n;
  }

  private static void loop(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector y = FloatVector.fromArray(SPECIES, b, bAt + i);
      VectorMask<Float> common = SimdMathF32.hasPower(x, y);
      SimdMathF32.power(x, y).intoArray(out, outAt + i);
      if (!common.allTrue()) {
        repair(x.toArray(), y.toArray(), common.toLong(), out, outAt + i);
      }
    }
  }

  /** Does the lanes again that are not in {@code common}. */
  private static void repair(float[] x, float[] y, long common, float[] out, int outAt) {
    for (int i = 0; i < LANES; i++) {
      if ((common >>> i & 1) == 0) {
        out[outAt + i] = (float) Math.pow(x[i], y[i]);
      }
    }
  }
}
