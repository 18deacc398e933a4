package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of a vector of F32, each lane by itself. The largest errors over all 2³²
 * floats, in units in the last place of the exact result: exp 0.9, log 2.0, erf 1.9, sigmoid 2.5,
 * tanh 3.4; x^y 2.5 + |y ln x| / 12. The three GELUs are off by 2.7 · 2⁻²⁴ of the result or of the
 * lesser of |x| and 1. Results of exp and sigmoid below 1.7e-38 are flushed to 0; infinities, NaN
 * and signed zeros come out as from the scalar functions.
 *
 * <p>Constants are numbers, not vectors kept in static fields: a broadcast is taken out of the
 * loop, while a vector in the heap is loaded again at each use, since any store into the result
 * might have changed it (an exp of 16 lanes: 2.8 ns against 4.5). For the same reason no function
 * here uses {@code min} and {@code max}, which cost five instructions for the sake of NaN and -0.
 */
final class SimdMathF32 {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  static final int MANTISSA_BITS = 23;
  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** -ln 2 in two parts, so that n ln 2 can be taken off without loss. */
  private static final float MINUS_LN2_HIGH = (float) -Math.log(2);

  private static final float MINUS_LN2_LOW = (float) ((float) Math.log(2) - Math.log(2));

  /**
   * Adding this rounds a small number to an integer n, and leaves the exponent of 2ⁿ⁻¹ in the
   * lowest bits.
   */
  static final float ROUNDER = 0x1.8p23f + 126;

  /** Below this, 2ⁿ⁻¹ has no exponent. */
  static final float EXP_LOWEST = -86.98f;

  /** From here on e^x overflows to infinity, also when it is computed as 2ⁿ⁻¹ · 2e^r. */
  private static final float EXP_CEILING = 89;

  /** 2e^r = 2 + 2r + r² (E2 + …): least relative error on [-ln 2 / 2, ln 2 / 2], 0.05 · 2⁻²⁴. */
  static final float E2 = 2 * 0.49999994f;

  static final float E3 = 2 * 0.16666521f;
  static final float E4 = 2 * 0.04166839f;
  static final float E5 = 2 * 0.0083687175f;
  static final float E6 = 2 * 0.0013814587f;

  /** ln 2 in two parts. */
  private static final float LN2_HIGH = -MINUS_LN2_HIGH;

  private static final float LN2_LOW = -MINUS_LN2_LOW;

  /** 2/(2k + 1), for the series of 2 artanh. */
  private static final float A1 = (float) (2.0 / 3);

  private static final float A2 = (float) (2.0 / 5);
  private static final float A3 = (float) (2.0 / 7);
  private static final float A4 = (float) (2.0 / 9);
  private static final float A5 = (float) (2.0 / 11);
  private static final float SQRT_HALF = (float) Math.sqrt(0.5);

  /** Beyond this tanh is 1. */
  static final float TANH_LIMIT = 9.5f;

  /** ln Φ(-a), Φ the normal distribution: least error of Φ on [0, 6.2], 0.3 · 2⁻²⁴. */
  static final float T0 = -0.6931472f;

  static final float T1 = -0.7978857f;
  static final float T2 = -0.31829658f;
  static final float T3 = -0.036393728f;
  static final float T4 = 0.004904368f;
  static final float T5 = -0.00010113146f;
  static final float T6 = -0.00012652218f;
  static final float T7 = 2.6767524e-5f;
  static final float T8 = -1.9212284e-6f;

  /** (erf(x) - x) / x in powers of x²: least relative error of erf on [0, 0.94], 0.3 · 2⁻²⁴. */
  private static final float P0 = 0.12837915f;

  private static final float P1 = -0.37612468f;
  private static final float P2 = 0.11281553f;
  private static final float P3 = -0.026757037f;
  private static final float P4 = 0.004979134f;
  private static final float P5 = -0.0005919435f;
  private static final float ERF_SERIES_END = 0.9375f;
  private static final float ERF_SLOPE = (float) (2 / Math.sqrt(Math.PI));
  private static final float SQRT_TWO = (float) Math.sqrt(2);

  /**
   * (Φ(-a) - a φ(a)) / e^(-a²/2), φ the normal density: least error of the numerator on [0, 6], 0.3
   * · 2⁻²⁴.
   */
  private static final float S0 = 0.49999997f;

  private static final float S1 = -0.79788285f;
  private static final float S2 = 0.24997257f;
  private static final float S3 = -0.13280576f;
  private static final float S4 = 0.06192386f;
  private static final float S5 = -0.025471713f;
  private static final float S6 = 0.009003752f;
  private static final float S7 = -0.0025900342f;
  private static final float S8 = 0.0005636317f;
  private static final float S9 = -8.476615e-5f;
  private static final float S10 = 7.708158e-6f;
  private static final float S11 = -3.1550914e-7f;

  /** From here on e^(-a²/2) is as good as 0. */
  private static final float DENSITY_END = 13;

  /** 2u of the tanh form, u = √(2/π) (x + 0.044715 x³), and its derivative. */
  private static final float TANH_LINEAR = (float) (2 * Math.sqrt(2 / Math.PI));

  private static final float TANH_CUBIC = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);
  private static final float TANH_CUBIC_SLOPE = (float) (6 * Math.sqrt(2 / Math.PI) * 0.044715);
  static final float QUICK_GELU_SLOPE = 1.702f;

  private SimdMathF32() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  // ---- Exponentials --------------------------------------------------------------------------

  /** x / ln 2 rounded to an integer n, as ROUNDER leaves it. */
  private static FloatVector shifted(FloatVector x) {
    return x.fma(LOG2_E, ROUNDER);
  }

  /** What is left of x without n ln 2. */
  private static FloatVector remainder(FloatVector x, FloatVector shifted) {
    FloatVector n = shifted.sub(ROUNDER);
    return n.fma(all(MINUS_LN2_LOW), n.fma(all(MINUS_LN2_HIGH), x));
  }

  /** 2ⁿ⁻¹: what stands in the lowest bits is moved to where an exponent stands. */
  private static FloatVector halfScale(FloatVector shifted) {
    return shifted.reinterpretAsInts().lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats();
  }

  /** {@code 2 (e^r - 1) / r} for |r| ≤ ln 2 / 2. */
  private static FloatVector expSeries(FloatVector r) {
    return r.fma(E6, E5).fma(r, all(E4)).fma(r, all(E3)).fma(r, all(E2)).fma(r, all(2));
  }

  /** {@code e^x = 2ⁿ⁻¹ · 2e^r} with n the integer nearest to x / ln 2, from EXP_LOWEST on. */
  private static FloatVector bounded(FloatVector x) {
    FloatVector shifted = shifted(x);
    FloatVector r = remainder(x, shifted);
    return expSeries(r).fma(r, all(2)).mul(halfScale(shifted));
  }

  /** {@code e^x} where x is not above 0 (nor above EXP_CEILING). */
  static FloatVector expOfNegative(FloatVector x) {
    return bounded(x).blend(0f, x.compare(LT, EXP_LOWEST));
  }

  /** {@code e^x}. */
  static FloatVector exp(FloatVector x) {
    return expOfNegative(x.blend(EXP_CEILING, x.compare(GT, EXP_CEILING)));
  }

  /** {@code tanh x = d / (d + 2)} with {@code d = e^(2x) - 1}, which near 0 loses nothing. */
  static FloatVector tanh(FloatVector x) {
    FloatVector limited =
        x.blend(TANH_LIMIT, x.compare(GT, TANH_LIMIT))
            .blend(-TANH_LIMIT, x.compare(LT, -TANH_LIMIT));
    FloatVector twice = limited.add(limited);
    FloatVector shifted = shifted(twice);
    FloatVector r = remainder(twice, shifted);
    FloatVector half = halfScale(shifted);
    FloatVector d = expSeries(r).mul(r).fma(half, half.add(half).sub(1));
    return d.div(d.add(2)).blend(x, x.compare(EQ, 0f));
  }

  /** {@code 1 / (1 + e^(-x))}, by way of {@code e = e^(-|x|)}, which does not overflow. */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = expOfNegative(x.abs().neg());
    return all(1).blend(e, x.compare(LT, 0f)).div(e.add(1));
  }

  /** {@code σ (1 - σ) = e / (1 + e)²}: both factors keep their digits. */
  static FloatVector sigmoidSlope(FloatVector x) {
    FloatVector e = expOfNegative(x.abs().neg());
    FloatVector r = all(1).div(e.add(1));
    return e.mul(r).mul(r);
  }

  // ---- Logarithm -----------------------------------------------------------------------------

  /** {@code 2 artanh s - 2s} for |s| ≤ 0.1716. */
  private static FloatVector artanhTail(FloatVector s) {
    FloatVector z = s.mul(s);
    return z.fma(A5, A4).fma(z, all(A3)).fma(z, all(A2)).fma(z, all(A1)).mul(z).mul(s);
  }

  /** {@code ln x = n ln 2 + 2 artanh s} with x = 2ⁿ m, √½ ≤ m < √2, s = (m - 1)/(m + 1). */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p24f), tiny).reinterpretAsInts();
    IntVector exponent = bits.sub(Float.floatToRawIntBits(SQRT_HALF)).lanewise(ASHR, MANTISSA_BITS);
    FloatVector m = bits.sub(exponent.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsFloats();
    FloatVector n = (FloatVector) exponent.convert(I2F, 0);
    n = n.blend(n.sub(24f), tiny);
    FloatVector s = m.sub(1).div(m.add(1));
    FloatVector result = n.fma(all(LN2_HIGH), s.add(s).add(n.fma(all(LN2_LOW), artanhTail(s))));
    // 0, ∞, NaN and negative numbers have no mantissa to take apart.
    return x.blend(result, x.compare(LT, Float.POSITIVE_INFINITY))
        .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f))
        .blend(Float.NaN, x.compare(LT, 0f));
  }

  // ---- Power ---------------------------------------------------------------------------------

  /** Where {@link #power} holds: positive normal x, finite y. */
  static VectorMask<Float> hasPower(FloatVector x, FloatVector y) {
    return x.compare(GE, Float.MIN_NORMAL)
        .and(x.compare(LT, Float.POSITIVE_INFINITY))
        .and(y.abs().compare(LT, Float.POSITIVE_INFINITY));
  }

  /**
   * {@code x^y = e^(y ln x)}, with ln x as in {@link #log} but in two parts: y multiplies its
   * error.
   */
  static FloatVector power(FloatVector x, FloatVector y) {
    IntVector bits = x.reinterpretAsInts();
    IntVector exponent = bits.sub(Float.floatToRawIntBits(SQRT_HALF)).lanewise(ASHR, MANTISSA_BITS);
    FloatVector m = bits.sub(exponent.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsFloats();
    FloatVector n = (FloatVector) exponent.convert(I2F, 0);
    FloatVector above = m.sub(1);
    FloatVector below = m.add(1);
    FloatVector s = above.div(below);
    // What s leaves of the quotient, m + 1 being rounded too.
    FloatVector minusS = s.neg();
    FloatVector rest = minusS.fma(m.sub(below.sub(1)), minusS.fma(below, above));
    FloatVector low = rest.div(below);
    FloatVector linear = s.add(s);
    FloatVector whole = n.mul(LN2_HIGH);
    FloatVector sum = whole.add(linear);
    low = low.add(low).add(n.fma(all(LN2_LOW), n.fma(all(LN2_HIGH), whole.neg())));
    low = low.add(linear.sub(sum.sub(whole))).add(artanhTail(s));
    FloatVector high = sum.add(low);
    low = low.sub(high.sub(sum));
    FloatVector product = y.mul(high);
    FloatVector lost = y.fma(high, product.neg()).add(y.mul(low));
    FloatVector power = exp(product);
    // Where the power is 0 or infinite, what the product lost is not a number, or makes none.
    VectorMask<Float> exact = power.compare(GT, 0f).and(power.compare(LT, Float.POSITIVE_INFINITY));
    return power.blend(power.fma(lost, power), exact);
  }

  // ---- The error function and what is made of it ---------------------------------------------

  /** Φ(-a) for a ≥ 0; its digits hold to Φ = 1e-7, and it vanishes from a = 9.9 on. */
  private static FloatVector lowerTail(FloatVector a) {
    FloatVector logarithm =
        a.fma(T8, T7)
            .fma(a, all(T6))
            .fma(a, all(T5))
            .fma(a, all(T4))
            .fma(a, all(T3))
            .fma(a, all(T2))
            .fma(a, all(T1))
            .fma(a, all(T0));
    return expOfNegative(logarithm);
  }

  /** A series near 0, and {@code 1 - 2 Φ(-|x| √2)} with the sign of x elsewhere. */
  static FloatVector erf(FloatVector x) {
    FloatVector z = x.mul(x);
    FloatVector series =
        z.fma(P5, P4).fma(z, all(P3)).fma(z, all(P2)).fma(z, all(P1)).fma(z, all(P0)).fma(x, x);
    FloatVector a = x.abs();
    FloatVector far = lowerTail(a.mul(SQRT_TWO)).fma(-2, 1);
    FloatVector signed = far.blend(far.neg(), x.compare(LT, 0f));
    return series.blend(signed, a.compare(GE, ERF_SERIES_END));
  }

  /** {@code 2/√π e^(-x²)}. */
  static FloatVector erfSlope(FloatVector x) {
    return expOfNegative(x.mul(x).neg()).mul(ERF_SLOPE);
  }

  /** {@code x Φ(x)}. */
  static FloatVector gelu(FloatVector x) {
    FloatVector tail = lowerTail(x.abs());
    return tail.blend(all(1).sub(tail), x.compare(GT, 0f)).mul(x);
  }

  /** {@code Φ(x) + x φ(x)}, which is t left of 0 and 1 - t right of it. */
  static FloatVector geluSlope(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector a = magnitude.blend(DENSITY_END, magnitude.compare(GT, DENSITY_END));
    FloatVector low =
        a.fma(S11, S10)
            .fma(a, all(S9))
            .fma(a, all(S8))
            .fma(a, all(S7))
            .fma(a, all(S6))
            .fma(a, all(S5));
    FloatVector ratio =
        low.fma(a, all(S4)).fma(a, all(S3)).fma(a, all(S2)).fma(a, all(S1)).fma(a, all(S0));
    FloatVector t = bounded(a.mul(a).mul(-0.5f)).mul(ratio);
    return t.blend(all(1).sub(t), x.compare(GT, 0f));
  }

  /** 2u of {@link #geluTanh}. */
  private static FloatVector tanhArgument(FloatVector x) {
    return x.mul(x).fma(TANH_CUBIC, TANH_LINEAR).mul(x);
  }

  /** {@code x/2 (1 + tanh u) = x σ(2u)}. */
  static FloatVector geluTanh(FloatVector x) {
    return sigmoid(tanhArgument(x)).mul(x);
  }

  /** Its derivative. */
  static FloatVector geluTanhSlope(FloatVector x) {
    FloatVector inner = x.mul(x).fma(TANH_CUBIC_SLOPE, TANH_LINEAR);
    return gateSlope(tanhArgument(x), inner.mul(x));
  }

  /** {@code x σ(1.702 x)}. */
  static FloatVector quickGelu(FloatVector x) {
    return sigmoid(x.mul(QUICK_GELU_SLOPE)).mul(x);
  }

  /** Its derivative. */
  static FloatVector quickGeluSlope(FloatVector x) {
    FloatVector u = x.mul(QUICK_GELU_SLOPE);
    return gateSlope(u, u);
  }

  /** The derivative {@code σ(u) + x u' σ(u) (1 - σ(u))} of {@code x σ(u)}, given x u'. */
  private static FloatVector gateSlope(FloatVector u, FloatVector inner) {
    FloatVector e = expOfNegative(u.abs().neg());
    FloatVector r = all(1).div(e.add(1));
    FloatVector low = e.mul(r);
    FloatVector flatness = low.mul(r);
    FloatVector gate = r.blend(low, u.compare(LT, 0f));
    // Far out the inner slope overflows where the flatness has long become 0.
    return inner.mul(flatness).blend(0f, flatness.compare(EQ, 0f)).add(gate);
  }
}
