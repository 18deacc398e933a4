package dev.weft.cuda.ptx;

import dev.weft.cuda.ptx.Alu.Lanes;
import java.math.BigDecimal;
import java.math.BigInteger;

/** {@code cvt} between all types; PTX ISA, chapter 9.7.9 (data movement and conversion). */
final class Conversions {
  private static final double TWO_63 = 0x1p63;

  private Conversions() {}

  static Lanes of(Instruction i, PtxType to, PtxType from) {
    if (to == PtxType.TF32) {
      boolean away = i.has("rna");
      return each((a, b) -> Floats.toTf32(Floats.f32(a), away));
    }
    if (to == PtxType.F16X2 || to == PtxType.BF16X2) {
      return packed(i, to);
    }
    if (from.isFloat()) {
      return to.isFloat() ? floatToFloat(i, to, from) : floatToInteger(i, to, from);
    }
    return to.isFloat() ? integerToFloat(i, to, from) : integerToInteger(i, to, from);
  }

  @FunctionalInterface
  private interface Function {
    long apply(long a, long b);
  }

  private static Lanes each(Function f) {
    return (r, d, a, b, c, from, to) -> {
      for (int l = from; l < to; l++) {
        r[d + l] = f.apply(r[a + l], r[b + l]);
      }
    };
  }

  /** Two floats: the first operand becomes the upper half. */
  private static Lanes packed(Instruction i, PtxType to) {
    PtxType half = to == PtxType.F16X2 ? PtxType.F16 : PtxType.BF16;
    Rounding rounding = Rounding.of(i);
    boolean relu = i.has("relu");
    return each(
        (a, b) ->
            fromDouble(half, positive(Floats.f32(a), relu), rounding) << 16
                | fromDouble(half, positive(Floats.f32(b), relu), rounding));
  }

  private static double positive(double value, boolean relu) {
    return relu && value < 0 ? 0 : value;
  }

  private static Lanes integerToInteger(Instruction i, PtxType to, PtxType from) {
    if (!i.has("sat")) {
      return each((a, b) -> to.extend(from.extend(a)));
    }
    return each((a, b) -> to.extend(clamped(to, from, from.extend(a))));
  }

  private static long clamped(PtxType to, PtxType from, long value) {
    boolean huge = !from.isSigned() && value < 0;
    if (to.isSigned()) {
      long greatest = Long.MAX_VALUE >> (64 - to.bits());
      return huge ? greatest : Math.clamp(value, -greatest - 1, greatest);
    }
    if (value < 0 && !huge) {
      return 0;
    }
    long greatest = -1L >>> (64 - to.bits());
    return Long.compareUnsigned(value, greatest) > 0 ? greatest : value;
  }

  private static Lanes integerToFloat(Instruction i, PtxType to, PtxType from) {
    Rounding rounding = Rounding.of(i);
    return each(
        (a, b) -> {
          long value = from.extend(a);
          boolean huge = !from.isSigned() && value < 0;
          if (to == PtxType.F32 && rounding == Rounding.NEAREST && !huge) {
            return Floats.bits((float) value);
          }
          if (Math.abs(value) <= 1L << 53 && !huge) {
            return fromDouble(to, (double) value, rounding);
          }
          return big(to, new BigInteger(Long.toUnsignedString(value)), value, huge, rounding);
        });
  }

  /** Beyond what a double holds. */
  private static long big(
      PtxType to, BigInteger unsigned, long value, boolean huge, Rounding rounding) {
    BigDecimal exact = huge ? new BigDecimal(unsigned) : BigDecimal.valueOf(value);
    if (to == PtxType.F64) {
      return Floats.bits(rounding.toDouble(exact, 0));
    }
    double s = exact.doubleValue();
    double rest = exact.subtract(new BigDecimal(s)).doubleValue();
    if (rounding == Rounding.NEAREST) {
      return Floats.bits(exact.floatValue());
    }
    return Floats.bits(rounding.toFloat(s, rest));
  }

  private static Lanes floatToInteger(Instruction i, PtxType to, PtxType from) {
    Rounding rounding = Rounding.of(i);
    boolean flush = i.has("ftz");
    return each(
        (a, b) -> {
          double value = Floats.value(from, a);
          if (Double.isNaN(value)) {
            boolean zero = from != PtxType.F64 && to.bits() < 64;
            return zero ? 0 : to.extend(1L << (to.bits() - 1));
          }
          if (flush && Math.abs(value) < Float.MIN_NORMAL) {
            value = 0;
          }
          return to.extend(integer(to, rounding.integral(value)));
        });
  }

  /** Clamped to what the type holds. */
  private static long integer(PtxType to, double value) {
    if (to.isSigned()) {
      long greatest = Long.MAX_VALUE >> (64 - to.bits());
      return Math.clamp((long) value, -greatest - 1, greatest);
    }
    if (value <= 0) {
      return 0;
    }
    if (to.bits() < 64) {
      return Math.min((long) value, -1L >>> (64 - to.bits()));
    }
    if (value >= 2 * TWO_63) {
      return -1;
    }
    return value < TWO_63 ? (long) value : (long) (value - TWO_63) + Long.MIN_VALUE;
  }

  private static Lanes floatToFloat(Instruction i, PtxType to, PtxType from) {
    Rounding rounding = Rounding.of(i);
    boolean integral = i.modifiers().stream().anyMatch(m -> m.matches("r[nzmp]i"));
    boolean flush = i.has("ftz");
    boolean saturate = i.has("sat");
    boolean relu = i.has("relu");
    return each(
        (a, b) -> {
          double value = positive(Floats.value(from, a), relu);
          if (flush && from == PtxType.F32) {
            value = Floats.flushed((float) value);
          }
          value = integral ? rounding.integral(value) : value;
          if (saturate) {
            value = value > 0 ? Math.min(value, 1) : 0;
          }
          long bits = fromDouble(to, value, rounding);
          return flush && to == PtxType.F32 ? Floats.bits(Floats.flushed(Floats.f32(bits))) : bits;
        });
  }

  private static long fromDouble(PtxType to, double value, Rounding rounding) {
    return switch (to) {
      case F64 -> Floats.bits(value);
      case F32 -> Floats.bits(rounding.toFloat(value, 0));
      case F16 -> Double.isNaN(value) ? 0x7fff : Floats.toF16(value, rounding);
      case BF16 -> Floats.toBf16(value, rounding);
      default -> throw new PtxException("no conversion to " + to);
    };
  }
}
