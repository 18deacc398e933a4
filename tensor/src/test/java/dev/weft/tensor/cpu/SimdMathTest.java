package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The error bounds that {@link SimdMathF32} and {@link SimdMathF64} state, over a dense sweep. */
@EnabledIf("hasVectorModule")
class SimdMathTest {
  private static final int STEPS = 200_003;

  static boolean hasVectorModule() {
    return CpuBackends.hasVectorModule();
  }

  /** Every {@code STEPS}th part of the range, as the type holds it. */
  private static Tensor sweep(DType dtype, double from, double to) {
    double[] values = new double[STEPS];
    Arrays.setAll(values, i -> from + (to - from) * i / (STEPS - 1));
    return Ops.cast(Tensor.of(values), dtype);
  }

  private static void assertWithin(
      double bound, UnaryOp op, Tensor x, DoubleUnaryOperator expected) {
    Tensor y = Ops.emptyLike(x);
    CpuBackend.simd().unary(op, x, y);
    double[] arguments = x.toDoubles();
    double[] results = y.toDoubles();
    boolean single = x.dtype() == DType.F32;
    double normal = single ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    double worst = 0;
    double where = 0;
    for (int i = 0; i < arguments.length; i++) {
      double wanted = expected.applyAsDouble(arguments[i]);
      if (Math.abs(wanted) < 2 * normal) {
        assertEquals(wanted, results[i], 2 * normal, op + " of " + arguments[i]);
        continue;
      }
      double error = Math.abs(results[i] / wanted - 1) * (single ? 0x1p24 : 0x1p53);
      if (error > worst) {
        worst = error;
        where = arguments[i];
      }
    }
    assertTrue(worst <= bound, x.dtype() + " " + op + ": " + worst + " roundoffs at " + where);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  @Test
  void singlePrecision() {
    for (double range : new double[] {1e-3, 1, 10, 88.7}) {
      Tensor x = sweep(DType.F32, -range, range);
      assertWithin(3, UnaryOp.EXP, x, StrictMath::exp);
      assertWithin(6, UnaryOp.TANH, x, StrictMath::tanh);
      assertWithin(6, UnaryOp.SIGMOID, x, SimdMathTest::sigmoid);
      assertWithin(3, UnaryOp.LOG, sweep(DType.F32, 1e-30, range), StrictMath::log);
    }
    assertWithin(3, UnaryOp.LOG, sweep(DType.F32, 0.9, 1.1), StrictMath::log);
    assertWithin(3, UnaryOp.LOG, sweep(DType.F32, 1e-45, 1e-37), StrictMath::log);
    assertWithin(3, UnaryOp.LOG, sweep(DType.F32, 1, Float.MAX_VALUE), StrictMath::log);
    assertWithin(7, UnaryOp.ERF, sweep(DType.F32, -0.1, 0.1), Erf::erf);
    assertWithin(7, UnaryOp.ERF, sweep(DType.F32, -6, 6), Erf::erf);
  }

  @Test
  void doublePrecision() {
    // StrictMath itself is up to 2 roundoffs off.
    for (double range : new double[] {1e-3, 1, 10, 700}) {
      Tensor x = sweep(DType.F64, -range, range);
      assertWithin(3 + 2, UnaryOp.EXP, x, StrictMath::exp);
      assertWithin(6 + 2, UnaryOp.TANH, x, StrictMath::tanh);
      assertWithin(6 + 2, UnaryOp.SIGMOID, x, SimdMathTest::sigmoid);
      assertWithin(3 + 2, UnaryOp.LOG, sweep(DType.F64, 1e-200, range), StrictMath::log);
    }
    assertWithin(3 + 2, UnaryOp.LOG, sweep(DType.F64, 0.9, 1.1), StrictMath::log);
    assertWithin(3 + 2, UnaryOp.LOG, sweep(DType.F64, 1e-320, 1e-300), StrictMath::log);
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
