package dev.weft.tensor.cpu;

/** {@link SimdMathF32} for one element: the same operations in the same order, the same bits. */
final class ColdMathF32 {
  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float MINUS_LN2_HIGH = (float) -Math.log(2);
  private static final float MINUS_LN2_LOW = (float) ((float) Math.log(2) - Math.log(2));
  private static final float TANH_LINEAR = (float) (2 * Math.sqrt(2 / Math.PI));
  private static final float TANH_CUBIC = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);
  private static final float ROUNDER = SimdMathF32.ROUNDER;

  private ColdMathF32() {}

  private static float shifted(float x) {
    return Math.fma(x, LOG2_E, ROUNDER);
  }

  private static float remainder(float x, float shifted) {
    float n = shifted - ROUNDER;
    return Math.fma(n, MINUS_LN2_LOW, Math.fma(n, MINUS_LN2_HIGH, x));
  }

  private static float halfScale(float shifted) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << SimdMathF32.MANTISSA_BITS);
  }

  private static float expSeries(float r) {
    float sum = Math.fma(r, SimdMathF32.E6, SimdMathF32.E5);
    sum = Math.fma(sum, r, SimdMathF32.E4);
    sum = Math.fma(sum, r, SimdMathF32.E3);
    sum = Math.fma(sum, r, SimdMathF32.E2);
    return Math.fma(sum, r, 2);
  }

  static float expOfNegative(float x) {
    float shifted = shifted(x);
    float r = remainder(x, shifted);
    float power = Math.fma(expSeries(r), r, 2) * halfScale(shifted);
    return x < SimdMathF32.EXP_LOWEST ? 0 : power;
  }

  static float tanh(float x) {
    float limited = x > SimdMathF32.TANH_LIMIT ? SimdMathF32.TANH_LIMIT : x;
    limited = x < -SimdMathF32.TANH_LIMIT ? -SimdMathF32.TANH_LIMIT : limited;
    float twice = limited + limited;
    float shifted = shifted(twice);
    float r = remainder(twice, shifted);
    float half = halfScale(shifted);
    float d = Math.fma(expSeries(r) * r, half, half + half - 1);
    return x == 0 ? x : d / (d + 2);
  }

  private static float sigmoid(float x) {
    float e = expOfNegative(-Math.abs(x));
    return (x < 0 ? e : 1) / (e + 1);
  }

  private static float lowerTail(float a) {
    float sum = Math.fma(a, SimdMathF32.T8, SimdMathF32.T7);
    sum = Math.fma(sum, a, SimdMathF32.T6);
    sum = Math.fma(sum, a, SimdMathF32.T5);
    sum = Math.fma(sum, a, SimdMathF32.T4);
    sum = Math.fma(sum, a, SimdMathF32.T3);
    sum = Math.fma(sum, a, SimdMathF32.T2);
    sum = Math.fma(sum, a, SimdMathF32.T1);
    return expOfNegative(Math.fma(sum, a, SimdMathF32.T0));
  }

  static float gelu(float x) {
    float tail = lowerTail(Math.abs(x));
    return (x > 0 ? 1 - tail : tail) * x;
  }

  static float geluTanh(float x) {
    return sigmoid(Math.fma(x * x, TANH_CUBIC, TANH_LINEAR) * x) * x;
  }

  static float quickGelu(float x) {
    return sigmoid(x * SimdMathF32.QUICK_GELU_SLOPE) * x;
  }
}
