package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.L2D;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of a vector of F64, each lane by itself. The largest errors of dense sweeps,
 * in units in the last place of the exact result: exp 0.9, log 2.0, erf 2.0, sigmoid 2.5, tanh 3.4;
 * x^y 2.5 + |y ln x| / 12. Results of exp and sigmoid below 3.2e-308 are flushed to 0; infinities,
 * NaN and signed zeros come out as from the scalar functions.
 *
 * <p>Written like {@link SimdMathF32}, which says why constants are numbers and where {@code min}
 * and {@code max} are; only the error function is put together in another way.
 */
final class SimdMathF64 {
  static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  private static final int MANTISSA_BITS = 52;
  private static final double LOG2_E = 1 / Math.log(2);

  /** -ln 2 in two parts, so that n ln 2 can be taken off without loss. */
  private static final double MINUS_LN2_HIGH = -Math.log(2);

  private static final double MINUS_LN2_LOW = -2.3190468138462996e-17;

  /**
   * Adding this rounds a small number to an integer n, and leaves the exponent of 2ⁿ⁻¹ in the
   * lowest bits.
   */
  private static final double ROUNDER = 0x1.8p52 + 1022;

  /** Below this, 2ⁿ⁻¹ has no exponent. */
  private static final double EXP_LOWEST = -708.04;

  /** From here on e^x overflows to infinity, also when it is computed as 2ⁿ⁻¹ · 2e^r. */
  private static final double EXP_CEILING = 710;

  /** 2/k!, for twice Taylor's series of e^r. */
  private static final double E2 = 2.0 / 2;

  private static final double E3 = 2.0 / 6;
  private static final double E4 = 2.0 / 24;
  private static final double E5 = 2.0 / 120;
  private static final double E6 = 2.0 / 720;
  private static final double E7 = 2.0 / 5040;
  private static final double E8 = 2.0 / 40320;
  private static final double E9 = 2.0 / 362880;
  private static final double E10 = 2.0 / 3628800;
  private static final double E11 = 2.0 / 39916800;
  private static final double E12 = 2.0 / 479001600;
  private static final double E13 = 2.0 / 6227020800L;

  /** ln 2 in two parts. */
  private static final double LN2_HIGH = -MINUS_LN2_HIGH;

  private static final double LN2_LOW = -MINUS_LN2_LOW;

  /** 2/(2k + 1), for the series of 2 artanh. */
  private static final double A1 = 2.0 / 3;

  private static final double A2 = 2.0 / 5;
  private static final double A3 = 2.0 / 7;
  private static final double A4 = 2.0 / 9;
  private static final double A5 = 2.0 / 11;
  private static final double A6 = 2.0 / 13;
  private static final double A7 = 2.0 / 15;
  private static final double A8 = 2.0 / 17;
  private static final double A9 = 2.0 / 19;
  private static final double A10 = 2.0 / 21;
  private static final double SQRT_HALF = Math.sqrt(0.5);

  /** Beyond this tanh is 1. */
  private static final double TANH_LIMIT = 19.5;

  /**
   * (a + 5) Φ(-a) / e^(-a²/2), Φ the normal distribution, in powers of t = (a - 5)/(a + 5):
   * Chebyshev interpolation on [0, 39], 0.3 · 2⁻⁵³. Vectors after all, as the series of erf: the
   * compiler gives up on a loop of so many broadcasts, and boxes every vector in it.
   */
  private static final DoubleVector T0 = all(0.769193049750063);

  private static final DoubleVector T1 = all(-0.6653825028900568);
  private static final DoubleVector T2 = all(0.4953056159699761);
  private static final DoubleVector T3 = all(-0.31353315667128745);
  private static final DoubleVector T4 = all(0.16502036617040713);
  private static final DoubleVector T5 = all(-0.06911863870687814);
  private static final DoubleVector T6 = all(0.020795066799260343);
  private static final DoubleVector T7 = all(-0.002993376761868743);
  private static final DoubleVector T8 = all(-0.0007978693892958589);
  private static final DoubleVector T9 = all(0.0005448989927584027);
  private static final DoubleVector T10 = all(-5.9375807358891235e-05);
  private static final DoubleVector T11 = all(-4.976245616870157e-05);
  private static final DoubleVector T12 = all(1.6681639595174005e-05);
  private static final DoubleVector T13 = all(3.97980489932909e-06);
  private static final DoubleVector T14 = all(-2.7707204135122383e-06);
  private static final DoubleVector T15 = all(-3.345738518771817e-07);
  private static final DoubleVector T16 = all(4.362925568222539e-07);
  private static final DoubleVector T17 = all(4.0177962891473734e-08);
  private static final DoubleVector T18 = all(-7.014220631960926e-08);
  private static final DoubleVector T19 = all(-8.555696628254633e-09);
  private static final DoubleVector T20 = all(1.0797345335746256e-08);
  private static final DoubleVector T21 = all(2.220848621773149e-09);
  private static final DoubleVector T22 = all(-1.160886448380309e-09);
  private static final DoubleVector T23 = all(-3.81618035300424e-10);

  private static final double TAIL_CENTRE = 5;

  /** From here on e^(-a²/2) is as good as 0. */
  private static final double TAIL_END = 38;

  /** (erf(x) - x) / x in powers of x²: Chebyshev interpolation on [0, 1], 0.4 · 2⁻⁵³. */
  private static final DoubleVector P0 = all(0.12837916709551256);

  private static final DoubleVector P1 = all(-0.37612638903183543);
  private static final DoubleVector P2 = all(0.11283791670945006);
  private static final DoubleVector P3 = all(-0.02686617064323777);
  private static final DoubleVector P4 = all(0.0052239776071164225);
  private static final DoubleVector P5 = all(-0.0008548325975389692);
  private static final DoubleVector P6 = all(0.00012055294904839707);
  private static final DoubleVector P7 = all(-1.492473690741966e-05);
  private static final DoubleVector P8 = all(1.6447424703317362e-06);
  private static final DoubleVector P9 = all(-1.6208483801871705e-07);
  private static final DoubleVector P10 = all(1.3720064546777686e-08);
  private static final DoubleVector P11 = all(-7.795898827002142e-10);
  private static final double ERF_SERIES_END = 1;
  private static final double ERF_SLOPE = 2 / Math.sqrt(Math.PI);
  private static final double SQRT_TWO = Math.sqrt(2);
  private static final double INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

  /** 2u of the tanh form, u = √(2/π) (x + 0.044715 x³), and its derivative. */
  private static final double TANH_LINEAR = 2 * Math.sqrt(2 / Math.PI);

  private static final double TANH_CUBIC = 2 * Math.sqrt(2 / Math.PI) * 0.044715;
  private static final double TANH_CUBIC_SLOPE = 6 * Math.sqrt(2 / Math.PI) * 0.044715;
  private static final double QUICK_GELU_SLOPE = 1.702;

  private SimdMathF64() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }

  // ---- Exponentials --------------------------------------------------------------------------

  /** x / ln 2 rounded to an integer n, as ROUNDER leaves it. */
  private static DoubleVector shifted(DoubleVector x) {
    return x.fma(LOG2_E, ROUNDER);
  }

  /** What is left of x without n ln 2. */
  private static DoubleVector remainder(DoubleVector x, DoubleVector shifted) {
    DoubleVector n = shifted.sub(ROUNDER);
    return n.fma(all(MINUS_LN2_LOW), n.fma(all(MINUS_LN2_HIGH), x));
  }

  /** 2ⁿ⁻¹: what stands in the lowest bits is moved to where an exponent stands. */
  private static DoubleVector halfScale(DoubleVector shifted) {
    return shifted.reinterpretAsLongs().lanewise(LSHL, MANTISSA_BITS).reinterpretAsDoubles();
  }

  /** {@code 2 (e^r - 1) / r} for |r| ≤ ln 2 / 2. */
  private static DoubleVector expSeries(DoubleVector r) {
    return r.fma(E13, E12)
        .fma(r, all(E11))
        .fma(r, all(E10))
        .fma(r, all(E9))
        .fma(r, all(E8))
        .fma(r, all(E7))
        .fma(r, all(E6))
        .fma(r, all(E5))
        .fma(r, all(E4))
        .fma(r, all(E3))
        .fma(r, all(E2))
        .fma(r, all(2));
  }

  /** {@code e^x = 2ⁿ⁻¹ · 2e^r} with n the integer nearest to x / ln 2, from EXP_LOWEST on. */
  private static DoubleVector bounded(DoubleVector x) {
    DoubleVector shifted = shifted(x);
    DoubleVector r = remainder(x, shifted);
    return expSeries(r).fma(r, all(2)).mul(halfScale(shifted));
  }

  /** {@code e^x} where x is not above 0 (nor above EXP_CEILING). */
  static DoubleVector expOfNegative(DoubleVector x) {
    return bounded(x).blend(0, x.compare(LT, EXP_LOWEST));
  }

  /** {@code e^x}. */
  static DoubleVector exp(DoubleVector x) {
    return expOfNegative(x.blend(EXP_CEILING, x.compare(GT, EXP_CEILING)));
  }

  /** {@code tanh x = d / (d + 2)} with {@code d = e^(2x) - 1}, which near 0 loses nothing. */
  static DoubleVector tanh(DoubleVector x) {
    DoubleVector limited =
        x.blend(TANH_LIMIT, x.compare(GT, TANH_LIMIT))
            .blend(-TANH_LIMIT, x.compare(LT, -TANH_LIMIT));
    DoubleVector twice = limited.add(limited);
    DoubleVector shifted = shifted(twice);
    DoubleVector r = remainder(twice, shifted);
    DoubleVector half = halfScale(shifted);
    DoubleVector d = expSeries(r).mul(r).fma(half, half.add(half).sub(1));
    return d.div(d.add(2)).blend(x, x.compare(EQ, 0));
  }

  /** {@code 1 / (1 + e^(-x))}, by way of {@code e = e^(-|x|)}, which does not overflow. */
  static DoubleVector sigmoid(DoubleVector x) {
    DoubleVector e = expOfNegative(x.abs().neg());
    return all(1).blend(e, x.compare(LT, 0)).div(e.add(1));
  }

  /** {@code σ (1 - σ) = e / (1 + e)²}: both factors keep their digits. */
  static DoubleVector sigmoidSlope(DoubleVector x) {
    DoubleVector e = expOfNegative(x.abs().neg());
    DoubleVector r = all(1).div(e.add(1));
    return e.mul(r).mul(r);
  }

  // ---- Logarithm -----------------------------------------------------------------------------

  /** {@code 2 artanh s - 2s} for |s| ≤ 0.1716. */
  private static DoubleVector artanhTail(DoubleVector s) {
    DoubleVector z = s.mul(s);
    return z.fma(A10, A9)
        .fma(z, all(A8))
        .fma(z, all(A7))
        .fma(z, all(A6))
        .fma(z, all(A5))
        .fma(z, all(A4))
        .fma(z, all(A3))
        .fma(z, all(A2))
        .fma(z, all(A1))
        .mul(z)
        .mul(s);
  }

  /** {@code ln x = n ln 2 + 2 artanh s} with x = 2ⁿ m, √½ ≤ m < √2, s = (m - 1)/(m + 1). */
  static DoubleVector log(DoubleVector x) {
    VectorMask<Double> tiny = x.compare(LT, Double.MIN_NORMAL);
    LongVector bits = x.blend(x.mul(0x1p54), tiny).reinterpretAsLongs();
    LongVector exponent =
        bits.sub(Double.doubleToRawLongBits(SQRT_HALF)).lanewise(ASHR, MANTISSA_BITS);
    DoubleVector m = bits.sub(exponent.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsDoubles();
    DoubleVector n = (DoubleVector) exponent.convert(L2D, 0);
    n = n.blend(n.sub(54), tiny);
    DoubleVector s = m.sub(1).div(m.add(1));
    DoubleVector result = n.fma(all(LN2_HIGH), s.add(s).add(n.fma(all(LN2_LOW), artanhTail(s))));
    // 0, ∞, NaN and negative numbers have no mantissa to take apart.
    return x.blend(result, x.compare(LT, Double.POSITIVE_INFINITY))
        .blend(Double.NEGATIVE_INFINITY, x.compare(EQ, 0))
        .blend(Double.NaN, x.compare(LT, 0));
  }

  // ---- Power ---------------------------------------------------------------------------------

  /** Where {@link #power} holds: positive normal x, finite y. */
  static VectorMask<Double> hasPower(DoubleVector x, DoubleVector y) {
    return x.compare(GE, Double.MIN_NORMAL)
        .and(x.compare(LT, Double.POSITIVE_INFINITY))
        .and(y.abs().compare(LT, Double.POSITIVE_INFINITY));
  }

  /**
   * {@code x^y = e^(y ln x)}, with ln x as in {@link #log} but in two parts: y multiplies its
   * error.
   */
  static DoubleVector power(DoubleVector x, DoubleVector y) {
    LongVector bits = x.reinterpretAsLongs();
    LongVector exponent =
        bits.sub(Double.doubleToRawLongBits(SQRT_HALF)).lanewise(ASHR, MANTISSA_BITS);
    DoubleVector m = bits.sub(exponent.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsDoubles();
    DoubleVector n = (DoubleVector) exponent.convert(L2D, 0);
    DoubleVector above = m.sub(1);
    DoubleVector below = m.add(1);
    DoubleVector s = above.div(below);
    // What s leaves of the quotient, m + 1 being rounded too.
    DoubleVector minusS = s.neg();
    DoubleVector rest = minusS.fma(m.sub(below.sub(1)), minusS.fma(below, above));
    DoubleVector low = rest.div(below);
    DoubleVector linear = s.add(s);
    DoubleVector whole = n.mul(LN2_HIGH);
    DoubleVector sum = whole.add(linear);
    low = low.add(low).add(n.fma(all(LN2_LOW), n.fma(all(LN2_HIGH), whole.neg())));
    low = low.add(linear.sub(sum.sub(whole))).add(artanhTail(s));
    DoubleVector high = sum.add(low);
    low = low.sub(high.sub(sum));
    DoubleVector product = y.mul(high);
    DoubleVector lost = y.fma(high, product.neg()).add(y.mul(low));
    DoubleVector power = exp(product);
    // Where the power is 0 or infinite, what the product lost is not a number, or makes none.
    VectorMask<Double> exact =
        power.compare(GT, 0).and(power.compare(LT, Double.POSITIVE_INFINITY));
    return power.blend(power.fma(lost, power), exact);
  }

  // ---- The error function and what is made of it ---------------------------------------------

  /** {@code e^(-a²/2)} for a ≥ 0; what a² leaves of the product's digits is made good. */
  private static DoubleVector bell(DoubleVector a) {
    DoubleVector square = a.mul(a);
    DoubleVector lost = a.fma(a, square.neg());
    DoubleVector power = expOfNegative(square.mul(-0.5));
    return power.fma(lost.mul(-0.5), power);
  }

  /** {@code Φ(-a) / e^(-a²/2)} for a ≥ 0. */
  private static DoubleVector tailRatio(DoubleVector a) {
    DoubleVector r = all(1).div(a.add(TAIL_CENTRE));
    DoubleVector t = a.sub(TAIL_CENTRE).mul(r);
    DoubleVector high =
        t.fma(T23, T22)
            .fma(t, T21)
            .fma(t, T20)
            .fma(t, T19)
            .fma(t, T18)
            .fma(t, T17)
            .fma(t, T16)
            .fma(t, T15)
            .fma(t, T14)
            .fma(t, T13)
            .fma(t, T12);
    return high.fma(t, T11)
        .fma(t, T10)
        .fma(t, T9)
        .fma(t, T8)
        .fma(t, T7)
        .fma(t, T6)
        .fma(t, T5)
        .fma(t, T4)
        .fma(t, T3)
        .fma(t, T2)
        .fma(t, T1)
        .fma(t, T0)
        .mul(r);
  }

  private static DoubleVector limited(DoubleVector a) {
    return a.blend(TAIL_END, a.compare(GT, TAIL_END));
  }

  /** Φ(-a) for a ≥ 0. */
  private static DoubleVector lowerTail(DoubleVector magnitude) {
    DoubleVector a = limited(magnitude);
    return bell(a).mul(tailRatio(a));
  }

  /** A series near 0, and {@code 1 - 2 Φ(-|x| √2)} with the sign of x elsewhere. */
  static DoubleVector erf(DoubleVector x) {
    DoubleVector z = x.mul(x);
    DoubleVector series =
        z.fma(P11, P10)
            .fma(z, P9)
            .fma(z, P8)
            .fma(z, P7)
            .fma(z, P6)
            .fma(z, P5)
            .fma(z, P4)
            .fma(z, P3)
            .fma(z, P2)
            .fma(z, P1)
            .fma(z, P0)
            .fma(x, x);
    DoubleVector a = x.abs();
    DoubleVector far = lowerTail(a.mul(SQRT_TWO)).fma(-2, 1);
    DoubleVector signed = far.blend(far.neg(), x.compare(LT, 0));
    return series.blend(signed, a.compare(GE, ERF_SERIES_END));
  }

  /** {@code 2/√π e^(-x²)}. */
  static DoubleVector erfSlope(DoubleVector x) {
    return expOfNegative(x.mul(x).neg()).mul(ERF_SLOPE);
  }

  /** {@code x Φ(x)}. */
  static DoubleVector gelu(DoubleVector x) {
    DoubleVector tail = lowerTail(x.abs());
    return tail.blend(all(1).sub(tail), x.compare(GT, 0)).mul(x);
  }

  /** {@code Φ(x) + x φ(x)}, which is t left of 0 and 1 - t right of it. */
  static DoubleVector geluSlope(DoubleVector x) {
    DoubleVector a = limited(x.abs());
    DoubleVector t = bell(a).mul(a.fma(all(-INV_SQRT_2PI), tailRatio(a)));
    return t.blend(all(1).sub(t), x.compare(GT, 0));
  }

  /** 2u of {@link #geluTanh}. */
  private static DoubleVector tanhArgument(DoubleVector x) {
    return x.mul(x).fma(TANH_CUBIC, TANH_LINEAR).mul(x);
  }

  /** {@code x/2 (1 + tanh u) = x σ(2u)}. */
  static DoubleVector geluTanh(DoubleVector x) {
    return sigmoid(tanhArgument(x)).mul(x);
  }

  /** Its derivative. */
  static DoubleVector geluTanhSlope(DoubleVector x) {
    DoubleVector inner = x.mul(x).fma(TANH_CUBIC_SLOPE, TANH_LINEAR);
    return gateSlope(tanhArgument(x), inner.mul(x));
  }

  /** {@code x σ(1.702 x)}. */
  static DoubleVector quickGelu(DoubleVector x) {
    return sigmoid(x.mul(QUICK_GELU_SLOPE)).mul(x);
  }

  /** Its derivative. */
  static DoubleVector quickGeluSlope(DoubleVector x) {
    DoubleVector u = x.mul(QUICK_GELU_SLOPE);
    return gateSlope(u, u);
  }

  /** The derivative {@code σ(u) + x u' σ(u) (1 - σ(u))} of {@code x σ(u)}, given x u'. */
  private static DoubleVector gateSlope(DoubleVector u, DoubleVector inner) {
    DoubleVector e = expOfNegative(u.abs().neg());
    DoubleVector r = all(1).div(e.add(1));
    DoubleVector low = e.mul(r);
    DoubleVector flatness = low.mul(r);
    DoubleVector gate = r.blend(low, u.compare(LT, 0));
    // Far out the inner slope overflows where the flatness has long become 0.
    return inner.mul(flatness).blend(0, flatness.compare(EQ, 0)).add(gate);
  }
}
