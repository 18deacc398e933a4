package dev.weft.tensor.cpu;

/** Conversions of bfloat16, the upper half of an F32, and of doubles to any half precision. */
public final class BFloat16 {
  private BFloat16() {}

  /** The float with these bits; exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /**
   * A double as a float on its way to half precision. Rounding to nearest twice can go wrong where
   * the first rounding makes a tie; rounding to odd first cannot (Boldo and Melquiond, 2008).
   */
  static float roundedToOdd(double value) {
    float nearest = (float) value;
    boolean exact = nearest == value || Double.isNaN(value);
    boolean odd = (Float.floatToRawIntBits(nearest) & 1) != 0;
    return exact || odd ? nearest : Math.nextAfter(nearest, value);
  }

  /** The nearest bfloat16, ties to even; NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    int roundingBias = 0x7FFF + ((bits >>> 16) & 1);
    return (short) ((bits + roundingBias) >>> 16);
  }
}
