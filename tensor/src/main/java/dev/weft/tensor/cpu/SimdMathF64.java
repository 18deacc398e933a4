package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.L2D;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of a vector of F64, each lane by itself. Largest errors, in units of 2⁻⁵³ of
 * the result, held by a test over a sweep: exp and log 3, sigmoid and tanh 6. Results below the
 * least normal number are flushed to 0; infinities and NaN come out as from the scalar functions.
 * The error function stays scalar: F64 is the type to check with.
 *
 * <p>Constants are vectors: the compiler gives up on a method of too many nodes, and a broadcast at
 * each use costs as many as the arithmetic.
 */
final class SimdMathF64 {
  static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  private static final int MANTISSA_BITS = 52;
  static final DoubleVector ONE = constant(1);
  private static final DoubleVector TWO = constant(2);
  static final DoubleVector HALF = constant(0.5);
  static final DoubleVector ZERO = constant(0);
  private static final DoubleVector INFINITY = constant(Double.POSITIVE_INFINITY);

  private static final DoubleVector LOG2_E = constant(1 / Math.log(2));

  /** ln 2 in two parts, so that n ln 2 can be taken off without loss. */
  private static final DoubleVector LN2_HIGH = constant(Math.log(2));

  private static final DoubleVector LN2_LOW = constant(2.3190468138462996e-17);

  /** Adding this rounds a small number to an integer, which then stands in the lowest bits. */
  private static final DoubleVector ROUNDER = constant(0x1.8p52);

  private static final DoubleVector EXP_LOWEST = constant(-708.39);

  /** The greatest number whose power is finite: the double below ln 2¹⁰²⁴. */
  private static final DoubleVector EXP_HIGHEST = constant(1024 * Math.log(2));

  /** 1/k!, for Taylor's series of e^x. */
  private static final DoubleVector E2 = constant(1.0 / 2);

  private static final DoubleVector E3 = constant(1.0 / 6);
  private static final DoubleVector E4 = constant(1.0 / 24);
  private static final DoubleVector E5 = constant(1.0 / 120);
  private static final DoubleVector E6 = constant(1.0 / 720);
  private static final DoubleVector E7 = constant(1.0 / 5040);
  private static final DoubleVector E8 = constant(1.0 / 40320);
  private static final DoubleVector E9 = constant(1.0 / 362880);
  private static final DoubleVector E10 = constant(1.0 / 3628800);
  private static final DoubleVector E11 = constant(1.0 / 39916800);
  private static final DoubleVector E12 = constant(1.0 / 479001600);
  private static final DoubleVector E13 = constant(1.0 / 6227020800L);

  /** 2/(2k + 1), for the series of 2 artanh. */
  private static final DoubleVector A1 = constant(2.0 / 3);

  private static final DoubleVector A2 = constant(2.0 / 5);
  private static final DoubleVector A3 = constant(2.0 / 7);
  private static final DoubleVector A4 = constant(2.0 / 9);
  private static final DoubleVector A5 = constant(2.0 / 11);
  private static final DoubleVector A6 = constant(2.0 / 13);
  private static final DoubleVector A7 = constant(2.0 / 15);
  private static final DoubleVector A8 = constant(2.0 / 17);
  private static final DoubleVector A9 = constant(2.0 / 19);
  private static final DoubleVector A10 = constant(2.0 / 21);

  /** Beyond this tanh is 1. */
  private static final DoubleVector TANH_LIMIT = constant(19.5);

  private static final DoubleVector SQRT_HALF = constant(Math.sqrt(0.5));
  private static final DoubleVector TANH_LINEAR = constant(Math.sqrt(2 / Math.PI));
  private static final DoubleVector TANH_CUBIC = constant(Math.sqrt(2 / Math.PI) * 0.044715);
  private static final DoubleVector TANH_CUBIC_SLOPE =
      constant(3 * Math.sqrt(2 / Math.PI) * 0.044715);
  private static final DoubleVector QUICK_GELU_SLOPE = constant(1.702);

  private SimdMathF64() {}

  private static DoubleVector constant(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }

  /** {@code (e^r - 1) / r} for |r| ≤ ln 2 / 2: Taylor's series to r¹²/13!. */
  private static DoubleVector expSeries(DoubleVector r) {
    return E13.fma(r, E12)
        .fma(r, E11)
        .fma(r, E10)
        .fma(r, E9)
        .fma(r, E8)
        .fma(r, E7)
        .fma(r, E6)
        .fma(r, E5)
        .fma(r, E4)
        .fma(r, E3)
        .fma(r, E2)
        .fma(r, ONE);
  }

  /** What is left of x without n ln 2. */
  private static DoubleVector remainder(DoubleVector x, DoubleVector n) {
    DoubleVector minus = n.neg();
    return minus.fma(LN2_LOW, minus.fma(LN2_HIGH, x));
  }

  /** {@code e^x = 2ⁿ e^r} with n the integer nearest to x / ln 2. */
  static DoubleVector exp(DoubleVector x) {
    DoubleVector shifted = x.fma(LOG2_E, ROUNDER);
    DoubleVector r = remainder(x, shifted.sub(ROUNDER));
    DoubleVector power = expSeries(r).fma(r, ONE);
    // 2ⁿ is an addition to the exponent.
    LongVector n = shifted.reinterpretAsLongs().lanewise(LSHL, MANTISSA_BITS);
    DoubleVector scaled = power.reinterpretAsLongs().add(n).reinterpretAsDoubles();
    DoubleVector outside = x.mul(INFINITY).max(ZERO);
    return outside.blend(scaled, x.compare(LE, EXP_HIGHEST)).blend(ZERO, x.compare(LT, EXP_LOWEST));
  }

  /** {@code e^x - 1} for |x| below 500, without loss near 0. */
  private static DoubleVector expMinusOne(DoubleVector x) {
    DoubleVector shifted = x.fma(LOG2_E, ROUNDER);
    DoubleVector r = remainder(x, shifted.sub(ROUNDER));
    LongVector n = shifted.reinterpretAsLongs().lanewise(LSHL, MANTISSA_BITS);
    DoubleVector scale = ONE.reinterpretAsLongs().add(n).reinterpretAsDoubles();
    return expSeries(r).mul(r).fma(scale, scale.sub(ONE));
  }

  /** {@code tanh x = d / (d + 2)} with {@code d = e^(2x) - 1}. */
  static DoubleVector tanh(DoubleVector x) {
    DoubleVector limited = x.min(TANH_LIMIT).max(TANH_LIMIT.neg());
    DoubleVector d = expMinusOne(limited.add(limited));
    return d.div(d.add(TWO));
  }

  /** {@code 1 / (1 + e^(-x))}. */
  static DoubleVector sigmoid(DoubleVector x) {
    return ONE.div(exp(x.neg()).add(ONE));
  }

  /** {@code ln x = n ln 2 + 2 artanh s} with x = 2ⁿ m, √½ ≤ m < √2, s = (m - 1)/(m + 1). */
  static DoubleVector log(DoubleVector x) {
    VectorMask<Double> tiny = x.compare(LT, Double.MIN_NORMAL);
    LongVector bits = x.blend(x.mul(0x1p54), tiny).reinterpretAsLongs();
    LongVector exponent = bits.sub(SQRT_HALF.reinterpretAsLongs()).lanewise(ASHR, MANTISSA_BITS);
    DoubleVector m = bits.sub(exponent.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsDoubles();
    DoubleVector n = (DoubleVector) exponent.convert(L2D, 0);
    n = n.blend(n.sub(54), tiny);
    DoubleVector s = m.sub(ONE).div(m.add(ONE));
    DoubleVector z = s.mul(s);
    DoubleVector cubic =
        A10.fma(z, A9)
            .fma(z, A8)
            .fma(z, A7)
            .fma(z, A6)
            .fma(z, A5)
            .fma(z, A4)
            .fma(z, A3)
            .fma(z, A2)
            .fma(z, A1)
            .mul(z)
            .mul(s);
    DoubleVector result = n.fma(LN2_HIGH, s.add(s).add(n.fma(LN2_LOW, cubic)));
    // 0, ∞, NaN and negative numbers have no mantissa to take apart.
    return x.blend(result, x.compare(LT, INFINITY))
        .blend(Double.NEGATIVE_INFINITY, x.compare(EQ, ZERO))
        .blend(Double.NaN, x.compare(LT, ZERO));
  }

  /** {@code x/2 (1 + tanh u(x))}. */
  static DoubleVector geluTanh(DoubleVector x) {
    DoubleVector half = x.mul(HALF);
    return half.fma(tanh(x.mul(x).fma(TANH_CUBIC, TANH_LINEAR).mul(x)), half);
  }

  /** {@code (1 + t)/2 + x/2 (1 - t²) u'(x)}. */
  static DoubleVector geluTanhSlope(DoubleVector x) {
    DoubleVector z = x.mul(x);
    DoubleVector t = tanh(z.fma(TANH_CUBIC, TANH_LINEAR).mul(x));
    DoubleVector flatness = ONE.sub(t.mul(t));
    DoubleVector rise = flatness.mul(x.mul(HALF)).mul(z.fma(TANH_CUBIC_SLOPE, TANH_LINEAR));
    // Far out the inner slope overflows where the flatness has long become 0.
    return t.fma(HALF, HALF).add(rise.blend(ZERO, flatness.compare(EQ, ZERO)));
  }

  /** {@code x σ(1.702 x)}. */
  static DoubleVector quickGelu(DoubleVector x) {
    return sigmoid(x.mul(QUICK_GELU_SLOPE)).mul(x);
  }

  /** {@code σ + 1.702 x σ (1 - σ)}. */
  static DoubleVector quickGeluSlope(DoubleVector x) {
    DoubleVector s = sigmoid(x.mul(QUICK_GELU_SLOPE));
    return s.sub(s.mul(s)).mul(x).fma(QUICK_GELU_SLOPE, s);
  }
}
