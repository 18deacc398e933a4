package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The error bounds that {@link SimdMathF32} and {@link SimdMathF64} state, over the whole range of
 * numbers: F32 at every {@value #STRIDE}th bit pattern, F64 at random ones, both around every place
 * where a formula changes.
 */
@EnabledIf("hasVectorModule")
class SimdMathTest {
  private static final int STEPS = 200_003;

  /** A prime, so that all patterns of low bits come up. */
  private static final int STRIDE = 4999;

  /** What the reference functions in double precision may be off themselves. */
  private static final double REFERENCE_ULPS = 1;

  /** Where a formula ends, in F32 and in F64; and the same below 0. */
  private static final double[] BORDERS = {
    0,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    1e-30,
    0.17157288,
    Math.log(2) / 2,
    Math.sqrt(0.5),
    0.9375,
    1,
    Math.sqrt(2),
    4.7,
    9.5,
    13,
    19.5,
    38,
    86.98,
    88.37626,
    88.72284,
    89,
    708.04,
    709.09,
    709.7827,
    710,
    1e30,
    Float.MAX_VALUE
  };

  static boolean hasVectorModule() {
    return CpuBackends.hasVectorModule();
  }

  /** Every {@code STEPS}th part of the range, as the type holds it. */
  private static Tensor sweep(DType dtype, double from, double to) {
    double[] values = new double[STEPS];
    Arrays.setAll(values, i -> from + (to - from) * i / (STEPS - 1));
    return Ops.cast(Tensor.of(values), dtype);
  }

  private static float[] floats() {
    int patterns = (int) ((1L << 32) / STRIDE);
    float[] values = new float[patterns + BORDERS.length * 64];
    for (int i = 0; i < patterns; i++) {
      values[i] = Float.intBitsToFloat(i * STRIDE);
    }
    for (int i = patterns; i < values.length; i++) {
      int near = (i - patterns) % 64 - 32;
      float border = (float) BORDERS[(i - patterns) / 64];
      values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(border) + near / 2);
      values[i] = near % 2 == 0 ? values[i] : -values[i];
    }
    return values;
  }

  private static double[] doubles() {
    Random random = new Random(5);
    int patterns = 400_000;
    double[] values = new double[patterns + BORDERS.length * 64];
    for (int i = 0; i < patterns; i++) {
      // Half of them where functions are not yet 0, 1 or infinite.
      long exponent = i % 2 == 0 ? random.nextInt(2048) : 1023 - 30 + random.nextInt(40);
      values[i] = Double.longBitsToDouble(random.nextLong() >>> 12 | exponent << 52);
      values[i] = random.nextBoolean() ? values[i] : -values[i];
    }
    for (int i = patterns; i < values.length; i++) {
      int near = (i - patterns) % 64 - 32;
      double border = BORDERS[(i - patterns) / 64];
      values[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(border) + near / 2);
      values[i] = near % 2 == 0 ? values[i] : -values[i];
    }
    return values;
  }

  /** Within so many units in the last place; what is less than {@code flushed} may be 0. */
  private static void assertWithin(
      double ulps, double flushed, UnaryOp op, Tensor x, DoubleUnaryOperator expected) {
    Tensor y = Ops.emptyLike(x);
    CpuBackend.simd().unary(op, x, y);
    double[] arguments = x.toDoubles();
    double[] results = y.toDoubles();
    double worst = 0;
    double where = 0;
    for (int i = 0; i < arguments.length; i++) {
      double wanted = expected.applyAsDouble(arguments[i]);
      double rounded = x.dtype() == DType.F32 ? (float) wanted : wanted;
      if (Double.compare(rounded, results[i]) == 0) {
        continue;
      }
      if (Math.abs(wanted) < flushed && results[i] == 0) {
        continue;
      }
      double ulp = x.dtype() == DType.F32 ? Math.ulp((float) rounded) : Math.ulp(rounded);
      double error = Math.abs(results[i] - wanted) / ulp;
      if (!(error <= worst)) {
        worst = error;
        where = arguments[i];
      }
    }
    assertTrue(worst <= ulps, x.dtype() + " " + op + ": " + worst + " ulp at " + where);
  }

  private static double sigmoid(double x) {
    return x > 0 ? 1 / (1 + StrictMath.exp(-x)) : StrictMath.exp(x) / (1 + StrictMath.exp(x));
  }

  /** By its series near 0, where commons-math3 loses digits. */
  private static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (Math.abs(x) > 0.5) {
      return Math.abs(x) > 10 ? Math.signum(x) : Erf.erf(x);
    }
    double power = 2 / StrictMath.sqrt(Math.PI) * x;
    double sum = 0;
    for (int n = 14; n > 0; n--) {
      sum = -x * x / n * (1.0 / (2 * n + 1) + sum);
    }
    return power + power * sum;
  }

  @Test
  void singlePrecision() {
    Tensor x = Tensor.of(floats());
    assertWithin(0.9, 1.68e-38, UnaryOp.EXP, x, StrictMath::exp);
    assertWithin(2.0, 0, UnaryOp.LOG, x, StrictMath::log);
    assertWithin(3.4, 0, UnaryOp.TANH, x, StrictMath::tanh);
    assertWithin(2.5, 1.68e-38, UnaryOp.SIGMOID, x, SimdMathTest::sigmoid);
    assertWithin(1.9, 0, UnaryOp.ERF, x, SimdMathTest::erf);
    assertWithin(0.5, 0, UnaryOp.SQRT, x, StrictMath::sqrt);
    assertWithin(0.5, 0, UnaryOp.RECIPROCAL, x, v -> 1 / v);
  }

  @Test
  void doublePrecision() {
    Tensor x = Tensor.of(doubles());
    assertWithin(0.9 + REFERENCE_ULPS, 3.2e-308, UnaryOp.EXP, x, StrictMath::exp);
    assertWithin(2.0 + REFERENCE_ULPS, 0, UnaryOp.LOG, x, StrictMath::log);
    assertWithin(3.4 + 2.5, 0, UnaryOp.TANH, x, StrictMath::tanh);
    assertWithin(2.5 + 2 * REFERENCE_ULPS, 3.2e-308, UnaryOp.SIGMOID, x, SimdMathTest::sigmoid);
    // It is commons-math3 that is off: it iterates to 1e-15.
    assertWithin(16, 0, UnaryOp.ERF, x, SimdMathTest::erf);
    assertWithin(0.5, 0, UnaryOp.SQRT, x, StrictMath::sqrt);
  }

  @Test
  void errorFunctionInDoublePrecision() {
    // Computed with 25 digits.
    Tensor x = Tensor.of(new double[] {0.1, 0.5, 0.99, 1, 1.5, 1.98});
    double[] expected = {
      0.1124629160182849,
      0.5204998778130465,
      0.8385080695553698,
      0.8427007929497149,
      0.9661051464753108,
      0.9948920003868136
    };
    Tensor y = Ops.emptyLike(x);
    CpuBackend.simd().unary(UnaryOp.ERF, x, y);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], y.toDoubles()[i], 2 * Math.ulp(expected[i]));
    }
  }

  @Test
  void geluOfAllFloats() {
    float[] values = floats();
    for (UnaryOp op : new UnaryOp[] {UnaryOp.GELU, UnaryOp.GELU_TANH, UnaryOp.QUICK_GELU}) {
      Tensor x = Tensor.of(values);
      Tensor y = Ops.emptyLike(x);
      CpuBackend.simd().unary(op, x, y);
      float[] results = y.toFloats();
      for (int i = 0; i < values.length; i++) {
        double wanted = Scalars.unary(op, values[i]);
        // Left of 0 it is a small difference from 0 that x makes large again.
        double size = Math.max(Math.abs(wanted), Math.min(Math.abs(values[i]), 1));
        double tolerance = 2.7 * 0x1p-24 * size + Float.MIN_NORMAL;
        boolean same = Double.compare((float) wanted, results[i]) == 0;
        assertTrue(same || Math.abs(results[i] - wanted) <= tolerance, op + " of " + values[i]);
      }
    }
  }

  @Test
  void powers() {
    Random random = new Random(6);
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      boolean single = dtype == DType.F32;
      double[] bases = new double[100_003];
      double[] exponents = new double[bases.length];
      for (int i = 0; i < bases.length; i++) {
        double spread = i % 3 == 0 ? 0.01 : i % 3 == 1 ? 1 : 80;
        bases[i] = rounded(single, StrictMath.exp((2 * random.nextDouble() - 1) * spread));
        double range = (single ? 87 : 700) / Math.abs(StrictMath.log(bases[i]));
        exponents[i] = rounded(single, (2 * random.nextDouble() - 1) * Math.min(range, 1e30));
      }
      Tensor a = Ops.cast(Tensor.of(bases), dtype);
      Tensor b = Ops.cast(Tensor.of(exponents), dtype);
      Tensor out = Ops.emptyLike(a);
      CpuBackend.simd().binary(BinaryOp.POWER, a, b, out);
      double[] results = out.toDoubles();
      for (int i = 0; i < bases.length; i++) {
        double wanted = StrictMath.pow(bases[i], exponents[i]);
        double ulp = single ? Math.ulp((float) wanted) : Math.ulp(wanted);
        double bound = 2.5 + Math.abs(exponents[i] * StrictMath.log(bases[i])) / 12;
        double least = single ? 2 * Float.MIN_NORMAL : 2 * Double.MIN_NORMAL;
        assertEquals(wanted, results[i], bound * ulp + least, bases[i] + "^" + exponents[i]);
      }
    }
  }

  private static double rounded(boolean single, double value) {
    return single ? (float) value : value;
  }

  @Test
  void powersOfSpecialNumbers() {
    double[] special = {
      0,
      -0.0,
      1,
      -1,
      2,
      -2,
      0.5,
      -3,
      1e30,
      -1e30,
      1e-40,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    int n = special.length;
    double[] bases = new double[n * n];
    double[] exponents = new double[n * n];
    Arrays.setAll(bases, i -> special[i / n]);
    Arrays.setAll(exponents, i -> special[i % n]);
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Tensor a = Ops.cast(Tensor.of(bases), dtype);
      Tensor b = Ops.cast(Tensor.of(exponents), dtype);
      Tensor out = Ops.emptyLike(a);
      CpuBackend.simd().binary(BinaryOp.POWER, a, b, out);
      for (int i = 0; i < bases.length; i++) {
        double wanted = Math.pow(a.toDoubles()[i], b.toDoubles()[i]);
        double rounded = dtype == DType.F32 ? (float) wanted : wanted;
        double tolerance = Double.isFinite(rounded) ? Math.abs(rounded) * 1e-6 : 0;
        assertEquals(rounded, out.toDoubles()[i], tolerance, bases[i] + "^" + exponents[i]);
      }
    }
  }

  @Test
  void ends() {
    Tensor x =
        Tensor.of(
            new float[] {
              Float.NaN,
              Float.POSITIVE_INFINITY,
              Float.NEGATIVE_INFINITY,
              88.72284f,
              0,
              -1,
              -0f,
              Float.intBitsToFloat(0x7FC00123)
            });
    float inf = Float.POSITIVE_INFINITY;
    float nan = Float.NaN;
    assertGives(x, UnaryOp.EXP, nan, inf, 0, inf, 1, (float) Math.exp(-1), 1, nan);
    assertGives(x, UnaryOp.LOG, nan, inf, nan, (float) Math.log(88.72284), -inf, nan, -inf, nan);
    assertGives(x, UnaryOp.TANH, nan, 1, -1, 1, 0, (float) Math.tanh(-1), -0f, nan);
    assertGives(x, UnaryOp.SIGMOID, nan, 1, 0, 1, 0.5f, (float) sigmoid(-1), 0.5f, nan);
    assertGives(x, UnaryOp.ERF, nan, 1, -1, 1, 0, (float) Erf.erf(-1), -0f, nan);
    assertGives(x, UnaryOp.GELU, nan, inf, nan, 88.72284f, 0, -0.15865526f, -0f, nan);
  }

  private static void assertGives(Tensor x, UnaryOp op, float... expected) {
    Tensor y = Ops.emptyLike(x);
    CpuBackend.simd().unary(op, x, y);
    float[] actual = y.toFloats();
    for (int i = 0; i < expected.length; i++) {
      float tolerance = Float.isFinite(expected[i]) ? Math.abs(expected[i]) * 0x1p-21f : 0;
      assertEquals(expected[i], actual[i], tolerance + Float.MIN_VALUE, op + " " + i);
    }
  }

  @Test
  void aResultDoesNotDependOnItsPlace() {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      for (UnaryOp op : UnaryOp.values()) {
        Tensor same = Tensor.full(dtype, sweep(dtype, 0, 1).shape(), Device.CPU, 0.7);
        Tensor y = Ops.emptyLike(same);
        CpuBackend.simd().unary(op, same, y);
        double[] results = y.toDoubles();
        for (double result : results) {
          assertEquals(results[0], result, op.name());
        }
      }
    }
  }
}
