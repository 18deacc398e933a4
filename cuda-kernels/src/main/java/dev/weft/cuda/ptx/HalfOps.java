package dev.weft.cuda.ptx;

import dev.weft.cuda.ptx.Alu.Lanes;

/** Arithmetic in F16 and BF16, alone and in pairs; PTX ISA, chapter 9.7.4. */
final class HalfOps {
  private HalfOps() {}

  static Lanes scalar(Instruction i, PtxType type) {
    FloatOps.F64 f = function(i);
    if (f == null) {
      return null;
    }
    return (r, d, a, b, c, from, to) -> {
      for (int l = from; l < to; l++) {
        r[d + l] = apply(f, type, r[a + l], r[b + l], r[c + l]);
      }
    };
  }

  static Lanes pair(Instruction i, PtxType type) {
    FloatOps.F64 f = function(i);
    if (f == null) {
      return null;
    }
    PtxType half = type == PtxType.F16X2 ? PtxType.F16 : PtxType.BF16;
    return (r, d, a, b, c, from, to) -> {
      for (int l = from; l < to; l++) {
        long low = apply(f, half, r[a + l], r[b + l], r[c + l]);
        long high = apply(f, half, r[a + l] >>> 16, r[b + l] >>> 16, r[c + l] >>> 16);
        r[d + l] = high << 16 | low;
      }
    };
  }

  /** In double precision, where sums and products of halves are exact, and rounded once. */
  private static long apply(FloatOps.F64 f, PtxType type, long a, long b, long c) {
    double result = f.apply(Floats.value(type, a), Floats.value(type, b), Floats.value(type, c));
    if (Double.isNaN(result)) {
      return 0x7fff;
    }
    return type == PtxType.F16
        ? Floats.toF16(result, Rounding.NEAREST)
        : Floats.toBf16(result, Rounding.NEAREST);
  }

  private static FloatOps.F64 function(Instruction i) {
    boolean nan = i.has("NaN");
    boolean relu = i.has("relu");
    return switch (i.name()) {
      case "add" -> (a, b, c) -> a + b;
      case "sub" -> (a, b, c) -> a - b;
      case "mul" -> (a, b, c) -> a * b;
      case "fma" -> relu ? (a, b, c) -> Math.max(Math.fma(a, b, c), 0) : Math::fma;
      case "abs" -> (a, b, c) -> Math.abs(a);
      case "neg" -> (a, b, c) -> -a;
      case "min" -> (a, b, c) -> nan ? Math.min(a, b) : FloatOps.min(a, b);
      case "max" -> (a, b, c) -> nan ? Math.max(a, b) : FloatOps.max(a, b);
      case "ex2" -> (a, b, c) -> Math.exp(a * Math.log(2));
      case "tanh" -> (a, b, c) -> Math.tanh(a);
      default -> null;
    };
  }
}
