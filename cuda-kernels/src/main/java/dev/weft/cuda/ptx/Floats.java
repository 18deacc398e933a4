package dev.weft.cuda.ptx;

/** Floating types as registers hold them. */
final class Floats {
  private static final int CANONICAL_NAN = 0x7fffffff;

  private Floats() {}

  static float f32(long register) {
    return Float.intBitsToFloat((int) register);
  }

  /** Single precision has one NaN only, says chapter 9.7.3. */
  static long bits(float value) {
    return Float.isNaN(value) ? CANONICAL_NAN : Float.floatToRawIntBits(value) & 0xffffffffL;
  }

  static double f64(long register) {
    return Double.longBitsToDouble(register);
  }

  static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  static float f16(long register) {
    return Float.float16ToFloat((short) register);
  }

  static float bf16(long register) {
    return Float.intBitsToFloat((int) register << 16);
  }

  /** Subnormal numbers as zeros of their sign. */
  static float flushed(float value) {
    return Math.abs(value) < Float.MIN_NORMAL ? Math.copySign(0, value) : value;
  }

  static float saturated(float value) {
    return value > 0 ? Math.min(value, 1) : 0;
  }

  /** To F16; a double goes there in one rounding. */
  static long toF16(double value, Rounding rounding) {
    float f = (float) value;
    if (rounding == Rounding.NEAREST) {
      return Float.floatToFloat16(roundedToOdd(value)) & 0xffff;
    }
    short nearest = Float.floatToFloat16(f);
    return directed(value, nearest, Float.float16ToFloat(nearest), rounding) & 0xffff;
  }

  /** To BF16, whose bits are the upper half of an F32's. */
  static long toBf16(double value, Rounding rounding) {
    if (Double.isNaN(value)) {
      return 0x7fff;
    }
    int bits = Float.floatToRawIntBits(roundedToOdd(value));
    int nearest = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    if (rounding == Rounding.NEAREST) {
      return nearest & 0xffff;
    }
    return directed(value, (short) nearest, bf16(nearest), rounding) & 0xffff;
  }

  /** One step from the nearest number, in its bits, where the mode wants the other neighbour. */
  private static long directed(double value, short bits, double nearest, Rounding rounding) {
    if (Double.isNaN(value) || nearest == value) {
      return bits;
    }
    boolean inwards = Math.abs(nearest) > Math.abs(value);
    boolean wantsIn = rounding == Rounding.ZERO || (rounding == Rounding.DOWN) == (value > 0);
    if (inwards == wantsIn) {
      return inwards ? bits - 1 : bits;
    }
    return inwards ? bits : bits + 1;
  }

  /** A float whose last bit says that something was lost, so that it can be rounded once more. */
  private static float roundedToOdd(double value) {
    float f = (float) value;
    if (f == value || Double.isNaN(value) || (Float.floatToRawIntBits(f) & 1) != 0) {
      return f;
    }
    return value > f ? Math.nextUp(f) : Math.nextDown(f);
  }

  /** An F32 whose significand has 10 bits; ties go away from zero (rna) or to even (rn). */
  static long toTf32(float value, boolean away) {
    if (Float.isNaN(value)) {
      return CANONICAL_NAN;
    }
    int bits = Float.floatToRawIntBits(value);
    int added = away ? 0x1000 : 0xfff + (bits >>> 13 & 1);
    return (Float.isInfinite(value) ? bits : bits + added & ~0x1fff) & 0xffffffffL;
  }

  /** What a register of the type stands for, exactly. */
  static double value(PtxType type, long register) {
    return switch (type) {
      case F16 -> f16(register);
      case BF16 -> bf16(register);
      case F32, TF32 -> f32(register);
      case F64 -> f64(register);
      default -> throw new PtxException(type + " is no floating type");
    };
  }
}
