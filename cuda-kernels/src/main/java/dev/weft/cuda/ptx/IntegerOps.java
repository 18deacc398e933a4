package dev.weft.cuda.ptx;

import dev.weft.cuda.ptx.Alu.Lanes;

/** Integer arithmetic; PTX ISA, chapter 9.7.1. */
final class IntegerOps {
  private IntegerOps() {}

  /** A function of up to three integers that the type has extended to 64 bits. */
  @FunctionalInterface
  private interface Function {
    long apply(long a, long b, long c);
  }

  /** The loop for a function of values that must be extended first, and its result after. */
  private static Lanes extended(PtxType type, PtxType result, Function f) {
    return (r, d, a, b, c, from, to) -> {
      for (int i = from; i < to; i++) {
        long x = type.extend(r[a + i]);
        long y = type.extend(r[b + i]);
        r[d + i] = result.extend(f.apply(x, y, r[c + i]));
      }
    };
  }

  /** The loop of an instruction, or null where this is none of integers. */
  static Lanes of(Instruction i, PtxType type) {
    return switch (i.name()) {
      case "add" -> add(i, type);
      case "sub" -> sub(i, type);
      case "mul" -> mul(i, type);
      case "mad" -> mad(i, type);
      case "mul24" -> extended(type, type, (a, b, c) -> (a << 40 >> 40) * (b << 40 >> 40));
      case "sad" -> extended(type, type, (a, b, c) -> c + Math.abs(a - b));
      case "div" -> extended(type, type, type.isSigned() ? IntegerOps::div : IntegerOps::divideU);
      case "rem" -> extended(type, type, type.isSigned() ? IntegerOps::rem : IntegerOps::remU);
      case "abs" -> extended(type, type, (a, b, c) -> Math.abs(a));
      case "neg" -> extended(type, type, (a, b, c) -> -a);
      case "min" ->
          extended(type, type, type.isSigned() ? (a, b, c) -> Math.min(a, b) : IntegerOps::minU);
      case "max" ->
          extended(type, type, type.isSigned() ? (a, b, c) -> Math.max(a, b) : IntegerOps::maxU);
      default -> null;
    };
  }

  private static Lanes add(Instruction i, PtxType type) {
    if (i.has("sat")) {
      return extended(
          type, type, (a, b, c) -> Math.clamp(a + b, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    if (type.bits() == 64) {
      return (r, d, a, b, c, from, to) -> {
        for (int l = from; l < to; l++) {
          r[d + l] = r[a + l] + r[b + l];
        }
      };
    }
    if (type.bits() == 32) {
      return (r, d, a, b, c, from, to) -> {
        for (int l = from; l < to; l++) {
          r[d + l] = (int) (r[a + l] + r[b + l]);
        }
      };
    }
    return extended(type, type, (a, b, c) -> a + b);
  }

  private static Lanes sub(Instruction i, PtxType type) {
    if (i.has("sat")) {
      return extended(
          type, type, (a, b, c) -> Math.clamp(a - b, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    return extended(type, type, (a, b, c) -> a - b);
  }

  private static Lanes mul(Instruction i, PtxType type) {
    if (i.has("wide")) {
      return extended(type, PtxType.B64, (a, b, c) -> a * b);
    }
    if (i.has("hi")) {
      return extended(type, type, high(type));
    }
    return extended(type, type, (a, b, c) -> a * b);
  }

  private static Lanes mad(Instruction i, PtxType type) {
    if (i.has("wide")) {
      PtxType wide = type.bits() == 16 ? PtxType.B32 : PtxType.B64;
      return extended(type, wide, (a, b, c) -> a * b + c);
    }
    if (i.has("hi")) {
      Function high = high(type);
      return extended(type, type, (a, b, c) -> high.apply(a, b, c) + c);
    }
    if (type.bits() == 32) {
      return (r, d, a, b, c, from, to) -> {
        for (int l = from; l < to; l++) {
          r[d + l] = (int) (r[a + l] * r[b + l] + r[c + l]);
        }
      };
    }
    return extended(type, type, (a, b, c) -> a * b + c);
  }

  /** The upper half of the product. */
  private static Function high(PtxType type) {
    if (type.bits() < 64) {
      return (a, b, c) -> (a * b) >> type.bits();
    }
    return type.isSigned()
        ? (a, b, c) -> Math.multiplyHigh(a, b)
        : (a, b, c) -> Math.unsignedMultiplyHigh(a, b);
  }

  // Division by zero gives an unspecified value, as the reference says, and no fault.

  private static long div(long a, long b, long c) {
    return b == 0 ? -1 : a / b;
  }

  private static long rem(long a, long b, long c) {
    return b == 0 ? a : a % b;
  }

  private static long divideU(long a, long b, long c) {
    return b == 0 ? -1 : Long.divideUnsigned(a, b);
  }

  private static long remU(long a, long b, long c) {
    return b == 0 ? a : Long.remainderUnsigned(a, b);
  }

  private static long minU(long a, long b, long c) {
    return Long.compareUnsigned(a, b) < 0 ? a : b;
  }

  private static long maxU(long a, long b, long c) {
    return Long.compareUnsigned(a, b) > 0 ? a : b;
  }
}
