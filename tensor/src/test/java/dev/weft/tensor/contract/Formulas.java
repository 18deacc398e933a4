package dev.weft.tensor.contract;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.UnaryOp;
import org.apache.commons.math3.special.Erf;

/**
 * The element-wise functions once more, in double precision and from their definitions; erf from
 * commons-math3.
 */
final class Formulas {
  private Formulas() {}

  /** How many roundoffs of the result's magnitude an implementation may be off. */
  static double roundoffs(UnaryOp op, DType dtype) {
    return switch (op) {
      case NEGATE, ABS, SQUARE, SQRT, RECIPROCAL, RELU -> 1;
      case EXP, LOG, TANH, SIGMOID, GELU_TANH, QUICK_GELU -> 8;
      // In F64 it is commons-math3 that is off: it iterates to 1e-15.
      case ERF, GELU -> dtype == DType.F32 ? 16 : 128;
    };
  }

  /**
   * What the roundoffs are relative to, where that is not the result: a GELU's x Φ(x) may be off by
   * as much as x times the roundoff, for Φ itself vanishes.
   */
  static double magnitude(UnaryOp op, double x) {
    return switch (op) {
      case GELU, GELU_TANH, QUICK_GELU -> Math.min(Math.abs(x), 1);
      default -> 0;
    };
  }

  static double unary(UnaryOp op, double x) {
    return switch (op) {
      case NEGATE -> 0.0 - x;
      case ABS -> x < 0 ? -x : x;
      case SQUARE -> x * x;
      case SQRT -> StrictMath.sqrt(x);
      case RECIPROCAL -> 1.0 / x;
      case EXP -> StrictMath.exp(x);
      case LOG -> StrictMath.log(x);
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> erf(x);
      case RELU -> Double.isNaN(x) || x > 0 ? x : 0;
      case GELU -> x * cdf(x);
      case GELU_TANH -> x * 0.5 * (1 + StrictMath.tanh(inner(x)));
      case QUICK_GELU -> x * sigmoid(1.702 * x);
    };
  }

  static double derivative(UnaryOp op, double x) {
    if (Double.isNaN(x)) {
      return op == UnaryOp.NEGATE ? -1 : x;
    }
    return switch (op) {
      case NEGATE -> -1;
      case ABS -> x > 0 ? 1 : x < 0 ? -1 : 0;
      case SQUARE -> 2 * x;
      case SQRT -> 1 / (2 * StrictMath.sqrt(x));
      case RECIPROCAL -> -1 / (x * x);
      case EXP -> StrictMath.exp(x);
      case LOG -> 1 / x;
      // 1 - tanh² = 1 / cosh².
      case TANH -> 1 / StrictMath.cosh(x) / StrictMath.cosh(x);
      case SIGMOID -> sigmoid(x) * sigmoid(-x);
      case ERF -> 2 * StrictMath.exp(-(x * x)) / StrictMath.sqrt(Math.PI);
      case RELU -> x > 0 ? 1 : 0;
      // (x f)' = f + x f', the second term vanishing at infinity.
      case GELU -> cdf(x) + times(x, StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI));
      case GELU_TANH -> {
        double cosh = StrictMath.cosh(inner(x));
        double slope = StrictMath.sqrt(2 / Math.PI) * (1 + 0.134145 * x * x);
        yield 0.5 * (1 + StrictMath.tanh(inner(x)))
            + (Double.isInfinite(cosh) ? 0 : 0.5 * x * slope / cosh / cosh);
      }
      case QUICK_GELU ->
          sigmoid(1.702 * x) + times(x, 1.702 * sigmoid(1.702 * x) * sigmoid(-1.702 * x));
    };
  }

  /** The product, where a vanishing factor wins over infinity. */
  private static double times(double x, double vanishing) {
    return vanishing == 0 ? 0 : x * vanishing;
  }

  static double binary(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : a > b ? a : b;
      case MINIMUM -> Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : a < b ? a : b;
      case POWER -> StrictMath.pow(a, b);
    };
  }

  static boolean compare(CompareOp op, double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return op == CompareOp.NOT_EQUAL;
    }
    boolean equal = a - b == 0 || a == b;
    return switch (op) {
      case EQUAL -> equal;
      case NOT_EQUAL -> !equal;
      case LESS -> !equal && a < b;
      case LESS_OR_EQUAL -> equal || a < b;
      case GREATER -> !equal && b < a;
      case GREATER_OR_EQUAL -> equal || b < a;
    };
  }

  static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    // For small x the series is cut after its first term; commons-math3 loses digits there.
    return Math.abs(x) < 1e-9 ? 2 / StrictMath.sqrt(Math.PI) * x : Erf.erf(x);
  }

  /** Φ(x) of the standard normal distribution. */
  private static double cdf(double x) {
    return Double.isNaN(x) ? x : 0.5 * Erf.erfc(-x / StrictMath.sqrt(2));
  }

  private static double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + StrictMath.exp(-x)) : StrictMath.exp(x) / (1 + StrictMath.exp(x));
  }

  private static double inner(double x) {
    return StrictMath.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
  }
}
