package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/**
 * Powers of F64 with the Vector API; zeros, negative and infinite numbers are left to the scalar.
 */
final class SimdPowerF64 {
  private SimdPowerF64() {}

  /** {@code out = a^b}; returns n. */
  static int apply(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    loop(a, aAt, b, bAt, out, outAt, end);
    if (end < n) {
      double[] scratch = new double[2 * LANES];
      System.arraycopy(a, aAt + end, scratch, 0, n - end);
      System.arraycopy(b, bAt + end, scratch, LANES, n - end);
      loop(scratch, 0, scratch, LANES, scratch, 0, LANES);
      System.arraycopy(scratch, 0, out, outAt + end, n - end);
    }
    return n;
  }

  private static void loop(
      double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector x = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector y = DoubleVector.fromArray(SPECIES, b, bAt + i);
      VectorMask<Double> common = SimdMathF64.hasPower(x, y);
      SimdMathF64.power(x, y).intoArray(out, outAt + i);
      if (!common.allTrue()) {
        repair(x.toArray(), y.toArray(), common.toLong(), out, outAt + i);
      }
    }
  }

  /** Does the lanes again that are not in {@code common}. */
  private static void repair(double[] x, double[] y, long common, double[] out, int outAt) {
    for (int i = 0; i < LANES; i++) {
      if ((common >>> i & 1) == 0) {
        out[outAt + i] = Math.pow(x[i], y[i]);
      }
    }
  }
}
