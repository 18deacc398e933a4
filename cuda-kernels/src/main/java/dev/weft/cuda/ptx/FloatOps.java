package dev.weft.cuda.ptx;

import static dev.weft.cuda.ptx.Floats.bits;
import static dev.weft.cuda.ptx.Floats.f32;
import static dev.weft.cuda.ptx.Floats.f64;

import dev.weft.cuda.ptx.Alu.Lanes;
import java.util.function.DoubleUnaryOperator;

/** Floating-point arithmetic; PTX ISA, chapters 9.7.3 to 9.7.5. */
final class FloatOps {
  private FloatOps() {}

  @FunctionalInterface
  interface F32 {
    float apply(float a, float b, float c);
  }

  @FunctionalInterface
  interface F64 {
    double apply(double a, double b, double c);
  }

  /** The loop of an instruction, or null where this is none of floats. */
  static Lanes of(Instruction i, PtxType type) {
    return switch (type) {
      case F32 -> single(i);
      case F64 -> wide(i);
      case F16, BF16 -> HalfOps.scalar(i, type);
      case F16X2, BF16X2 -> HalfOps.pair(i, type);
      default -> null;
    };
  }

  // ---- Single precision ----------------------------------------------------------------------

  private static Lanes single(Instruction i) {
    boolean plain = !i.has("ftz") && !i.has("sat") && Rounding.of(i) == Rounding.NEAREST;
    Lanes fast = plain ? fast(i.name()) : null;
    if (fast != null) {
      return fast;
    }
    F32 f = function(i);
    if (f == null) {
      return null;
    }
    boolean flush = i.has("ftz");
    boolean saturate = i.has("sat");
    return (r, d, a, b, c, from, to) -> {
      for (int l = from; l < to; l++) {
        float x = f32(r[a + l]);
        float y = f32(r[b + l]);
        float z = f32(r[c + l]);
        float result =
            flush
                ? Floats.flushed(f.apply(Floats.flushed(x), Floats.flushed(y), Floats.flushed(z)))
                : f.apply(x, y, z);
        r[d + l] = bits(saturate ? Floats.saturated(result) : result);
      }
    };
  }

  /** The commonest ones in loops of their own. */
  private static Lanes fast(String name) {
    return switch (name) {
      case "add" ->
          (r, d, a, b, c, from, to) -> {
            for (int l = from; l < to; l++) {
              r[d + l] = bits(f32(r[a + l]) + f32(r[b + l]));
            }
          };
      case "mul" ->
          (r, d, a, b, c, from, to) -> {
            for (int l = from; l < to; l++) {
              r[d + l] = bits(f32(r[a + l]) * f32(r[b + l]));
            }
          };
      case "fma" ->
          (r, d, a, b, c, from, to) -> {
            for (int l = from; l < to; l++) {
              r[d + l] = bits(Math.fma(f32(r[a + l]), f32(r[b + l]), f32(r[c + l])));
            }
          };
      default -> null;
    };
  }

  private static F32 function(Instruction i) {
    Rounding rounding = Rounding.of(i);
    boolean nan = i.has("NaN");
    return switch (i.name()) {
      case "add" -> (a, b, c) -> rounding.add(a, b);
      case "sub" -> (a, b, c) -> rounding.add(a, -b);
      case "mul" -> (a, b, c) -> rounding.multiply(a, b);
      case "fma", "mad" -> rounding::fma;
      case "div" -> (a, b, c) -> rounding.divide(a, b);
      case "sqrt" -> (a, b, c) -> rounding.squareRoot(a);
      case "rcp" -> (a, b, c) -> rounding.divide(1, a);
      case "abs" -> (a, b, c) -> Math.abs(a);
      case "neg" -> (a, b, c) -> -a;
      case "min" -> (a, b, c) -> nan ? Math.min(a, b) : (float) min(a, b);
      case "max" -> (a, b, c) -> nan ? Math.max(a, b) : (float) max(a, b);
      case "copysign" -> (a, b, c) -> Math.copySign(b, a);
      case "rsqrt" -> approximate(x -> 1 / Math.sqrt(x));
      case "ex2" -> approximate(x -> Math.exp(x * LN2));
      case "lg2" -> approximate(x -> Math.log(x) / LN2);
      case "sin" -> approximate(Math::sin);
      case "cos" -> approximate(Math::cos);
      case "tanh" -> approximate(Math::tanh);
      default -> null;
    };
  }

  private static final double LN2 = Math.log(2);

  /** What a card approximates within 2^-22 or so is here rounded from double precision. */
  private static F32 approximate(DoubleUnaryOperator f) {
    return (a, b, c) -> (float) f.applyAsDouble(a);
  }

  /** The one that is a number, if only one is. */
  static double min(double a, double b) {
    return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
  }

  static double max(double a, double b) {
    return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
  }

  // ---- Double precision ----------------------------------------------------------------------

  private static Lanes wide(Instruction i) {
    if (Rounding.of(i) == Rounding.NEAREST && i.name().equals("fma")) {
      return (r, d, a, b, c, from, to) -> {
        for (int l = from; l < to; l++) {
          r[d + l] = bits(Math.fma(f64(r[a + l]), f64(r[b + l]), f64(r[c + l])));
        }
      };
    }
    F64 f = doubleFunction(i);
    if (f == null) {
      return null;
    }
    return (r, d, a, b, c, from, to) -> {
      for (int l = from; l < to; l++) {
        r[d + l] = bits(f.apply(f64(r[a + l]), f64(r[b + l]), f64(r[c + l])));
      }
    };
  }

  private static F64 doubleFunction(Instruction i) {
    Rounding rounding = Rounding.of(i);
    boolean nearest = rounding == Rounding.NEAREST;
    return switch (i.name()) {
      case "add" -> nearest ? (a, b, c) -> a + b : (a, b, c) -> rounding.add(a, b);
      case "sub" -> nearest ? (a, b, c) -> a - b : (a, b, c) -> rounding.add(a, -b);
      case "mul" -> nearest ? (a, b, c) -> a * b : (a, b, c) -> rounding.multiply(a, b);
      case "fma", "mad" -> nearest ? Math::fma : rounding::fma;
      case "div" -> (a, b, c) -> rounding.divide(a, b);
      case "sqrt" -> (a, b, c) -> rounding.squareRoot(a);
      case "rcp" ->
          i.has("approx") ? (a, b, c) -> upperHalf(1 / a) : (a, b, c) -> rounding.divide(1, a);
      case "rsqrt" -> (a, b, c) -> upperHalf(1 / Math.sqrt(a));
      case "abs" -> (a, b, c) -> Math.abs(a);
      case "neg" -> (a, b, c) -> -a;
      case "min" -> (a, b, c) -> min(a, b);
      case "max" -> (a, b, c) -> max(a, b);
      case "copysign" -> (a, b, c) -> Math.copySign(b, a);
      default -> null;
    };
  }

  /**
   * The approximate forms look at, and give, the upper 32 bits only; results below 2^-1022 are 0.
   */
  private static double upperHalf(double value) {
    double cut = f64(bits(value) & 0xffffffff00000000L);
    return Math.abs(cut) < Double.MIN_NORMAL ? Math.copySign(0, value) : cut;
  }
}
