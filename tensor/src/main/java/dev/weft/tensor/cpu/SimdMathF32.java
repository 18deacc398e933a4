package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of a vector of F32, each lane by itself. Largest errors, in units of 2⁻²⁴ of
 * the result, held by a test over a sweep: exp and log 3, sigmoid and tanh 6, erf 7. Results below
 * the least normal number are flushed to 0; infinities and NaN come out as from the scalar
 * functions.
 *
 * <p>Constants are vectors: the compiler gives up on a method of too many nodes, and a broadcast at
 * each use costs as many as the arithmetic.
 */
final class SimdMathF32 {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  private static final int MANTISSA_BITS = 23;
  static final FloatVector ONE = constant(1);
  private static final FloatVector TWO = constant(2);
  static final FloatVector HALF = constant(0.5);
  static final FloatVector ZERO = constant(0);
  private static final FloatVector INFINITY = constant(Float.POSITIVE_INFINITY);

  private static final FloatVector LOG2_E = constant(1 / Math.log(2));

  /** ln 2 in two parts, so that n ln 2 can be taken off without loss. */
  private static final FloatVector LN2_HIGH = constant(Math.log(2));

  private static final FloatVector LN2_LOW = constant(Math.log(2) - (float) Math.log(2));

  /** Adding this rounds a small number to an integer, which then stands in the lowest bits. */
  private static final FloatVector ROUNDER = constant(0x1.8p23);

  private static final FloatVector EXP_LOWEST = constant(-87.33);

  /** The greatest number whose power is finite: the float below ln 2¹²⁸. */
  private static final FloatVector EXP_HIGHEST = constant(88.72283);

  /** 1/k!, for Taylor's series of e^x. */
  private static final FloatVector E2 = constant(1.0 / 2);

  private static final FloatVector E3 = constant(1.0 / 6);
  private static final FloatVector E4 = constant(1.0 / 24);
  private static final FloatVector E5 = constant(1.0 / 120);
  private static final FloatVector E6 = constant(1.0 / 720);
  private static final FloatVector E7 = constant(1.0 / 5040);

  /** 2/(2k + 1), for the series of 2 artanh. */
  private static final FloatVector A1 = constant(2.0 / 3);

  private static final FloatVector A2 = constant(2.0 / 5);
  private static final FloatVector A3 = constant(2.0 / 7);
  private static final FloatVector A4 = constant(2.0 / 9);

  /** Beyond this tanh is 1. */
  private static final FloatVector TANH_LIMIT = constant(9.5);

  /** erf(x)/x as P(x²)/Q(x²), fitted on [0, 3.9] by reweighted least squares to 1.8e-8. */
  private static final FloatVector P0 = constant(1.1283791);

  private static final FloatVector P1 = constant(0.18966743);
  private static final FloatVector P2 = constant(0.052668165);
  private static final FloatVector P3 = constant(0.003738373);
  private static final FloatVector P4 = constant(0.00028506294);
  private static final FloatVector P5 = constant(2.0664704e-6);
  private static final FloatVector Q1 = constant(0.50142115);
  private static final FloatVector Q2 = constant(0.11381921);
  private static final FloatVector Q3 = constant(0.014914331);
  private static final FloatVector Q4 = constant(0.001157383);
  private static final FloatVector Q5 = constant(3.827003e-5);

  /** The square of 3.9, from where on erf is 1. */
  private static final FloatVector ERF_LIMIT = constant(3.9 * 3.9);

  private static final FloatVector ERF_SLOPE = constant(2 / Math.sqrt(Math.PI));
  private static final FloatVector SQRT_HALF = constant(Math.sqrt(0.5));
  private static final FloatVector INV_SQRT_2PI = constant(1 / Math.sqrt(2 * Math.PI));
  private static final FloatVector TANH_LINEAR = constant(Math.sqrt(2 / Math.PI));
  private static final FloatVector TANH_CUBIC = constant(Math.sqrt(2 / Math.PI) * 0.044715);
  private static final FloatVector TANH_CUBIC_SLOPE =
      constant(3 * Math.sqrt(2 / Math.PI) * 0.044715);
  private static final FloatVector QUICK_GELU_SLOPE = constant(1.702);

  private SimdMathF32() {}

  private static FloatVector constant(double value) {
    return FloatVector.broadcast(SPECIES, (float) value);
  }

  /** {@code (e^r - 1) / r} for |r| ≤ ln 2 / 2: Taylor's series to r⁶/7!. */
  private static FloatVector expSeries(FloatVector r) {
    return E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r, ONE);
  }

  /** What is left of x without n ln 2. */
  private static FloatVector remainder(FloatVector x, FloatVector n) {
    FloatVector minus = n.neg();
    return minus.fma(LN2_LOW, minus.fma(LN2_HIGH, x));
  }

  /** {@code e^x = 2ⁿ e^r} with n the integer nearest to x / ln 2. */
  static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, ROUNDER);
    FloatVector r = remainder(x, shifted.sub(ROUNDER));
    FloatVector power = expSeries(r).fma(r, ONE);
    // 2ⁿ is an addition to the exponent.
    IntVector n = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
    FloatVector scaled = power.reinterpretAsInts().add(n).reinterpretAsFloats();
    FloatVector outside = x.mul(INFINITY).max(ZERO);
    return outside.blend(scaled, x.compare(LE, EXP_HIGHEST)).blend(ZERO, x.compare(LT, EXP_LOWEST));
  }

  /** {@code e^x - 1} for |x| below 80, without loss near 0. */
  private static FloatVector expMinusOne(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, ROUNDER);
    FloatVector r = remainder(x, shifted.sub(ROUNDER));
    IntVector n = shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS);
    FloatVector scale = ONE.reinterpretAsInts().add(n).reinterpretAsFloats();
    return expSeries(r).mul(r).fma(scale, scale.sub(ONE));
  }

  /** {@code tanh x = d / (d + 2)} with {@code d = e^(2x) - 1}. */
  static FloatVector tanh(FloatVector x) {
    FloatVector limited = x.min(TANH_LIMIT).max(TANH_LIMIT.neg());
    FloatVector d = expMinusOne(limited.add(limited));
    return d.div(d.add(TWO));
  }

  /** {@code 1 / (1 + e^(-x))}. */
  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(ONE));
  }

  /** {@code ln x = n ln 2 + 2 artanh s} with x = 2ⁿ m, √½ ≤ m < √2, s = (m - 1)/(m + 1). */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p24f), tiny).reinterpretAsInts();
    IntVector exponent = bits.sub(SQRT_HALF.reinterpretAsInts()).lanewise(ASHR, MANTISSA_BITS);
    FloatVector m = bits.sub(exponent.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsFloats();
    FloatVector n = (FloatVector) exponent.convert(I2F, 0);
    n = n.blend(n.sub(24f), tiny);
    FloatVector s = m.sub(ONE).div(m.add(ONE));
    FloatVector z = s.mul(s);
    FloatVector cubic = A4.fma(z, A3).fma(z, A2).fma(z, A1).mul(z).mul(s);
    FloatVector result = n.fma(LN2_HIGH, s.add(s).add(n.fma(LN2_LOW, cubic)));
    // 0, ∞, NaN and negative numbers have no mantissa to take apart.
    return x.blend(result, x.compare(LT, INFINITY))
        .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, ZERO))
        .blend(Float.NaN, x.compare(LT, ZERO));
  }

  /** {@code x P(x²) / Q(x²)}, and exactly ±1 far out: GELU takes it off 1 and multiplies by x. */
  static FloatVector erf(FloatVector x) {
    FloatVector z = x.mul(x);
    FloatVector p = P5.fma(z, P4).fma(z, P3).fma(z, P2).fma(z, P1).fma(z, P0);
    FloatVector q = Q5.fma(z, Q4).fma(z, Q3).fma(z, Q2).fma(z, Q1).fma(z, ONE);
    FloatVector end = x.mul(INFINITY).min(ONE).max(ONE.neg());
    return end.blend(x.mul(p).div(q), z.compare(LT, ERF_LIMIT));
  }

  /** {@code 2/√π e^(-x²)}. */
  static FloatVector erfSlope(FloatVector x) {
    return exp(x.mul(x).neg()).mul(ERF_SLOPE);
  }

  /** {@code x Φ(x)}. */
  static FloatVector gelu(FloatVector x) {
    FloatVector half = x.mul(HALF);
    return half.fma(erf(x.mul(SQRT_HALF)), half);
  }

  /** {@code Φ(x) + x φ(x)}. */
  static FloatVector geluSlope(FloatVector x) {
    FloatVector cdf = HALF.fma(erf(x.mul(SQRT_HALF)), HALF);
    FloatVector density = exp(x.mul(x).mul(HALF.neg())).mul(INV_SQRT_2PI);
    return x.fma(density, cdf);
  }

  /** {@code x/2 (1 + tanh u(x))}. */
  static FloatVector geluTanh(FloatVector x) {
    FloatVector half = x.mul(HALF);
    return half.fma(tanh(x.mul(x).fma(TANH_CUBIC, TANH_LINEAR).mul(x)), half);
  }

  /** {@code (1 + t)/2 + x/2 (1 - t²) u'(x)}. */
  static FloatVector geluTanhSlope(FloatVector x) {
    FloatVector z = x.mul(x);
    FloatVector t = tanh(z.fma(TANH_CUBIC, TANH_LINEAR).mul(x));
    FloatVector flatness = ONE.sub(t.mul(t));
    FloatVector rise = flatness.mul(x.mul(HALF)).mul(z.fma(TANH_CUBIC_SLOPE, TANH_LINEAR));
    // Far out the inner slope overflows where the flatness has long become 0.
    return t.fma(HALF, HALF).add(rise.blend(ZERO, flatness.compare(EQ, ZERO)));
  }

  /** {@code x σ(1.702 x)}. */
  static FloatVector quickGelu(FloatVector x) {
    return sigmoid(x.mul(QUICK_GELU_SLOPE)).mul(x);
  }

  /** {@code σ + 1.702 x σ (1 - σ)}. */
  static FloatVector quickGeluSlope(FloatVector x) {
    FloatVector s = sigmoid(x.mul(QUICK_GELU_SLOPE));
    return s.sub(s.mul(s)).mul(x).fma(QUICK_GELU_SLOPE, s);
  }
}
