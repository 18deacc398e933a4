package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;

/** Every element-wise function and its derivative, once, in double precision. */
final class Scalars {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
  private static final double GELU_CUBIC = 0.044715;
  private static final double QUICK_GELU_SLOPE = 1.702;

  private Scalars() {}

  static double unary(UnaryOp op, double x) {
    return switch (op) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> Erf.erf(x);
      case RELU -> x <= 0 ? 0 : x;
      case GELU -> x * normalCdf(x);
      case GELU_TANH -> 0.5 * x * (1 + Math.tanh(geluTanhArgument(x)));
      case QUICK_GELU -> x * sigmoid(QUICK_GELU_SLOPE * x);
    };
  }

  /** The derivative at x; at a kink the one from the left (ReLU, ABS: 0 at 0). */
  static double derivative(UnaryOp op, double x) {
    return switch (op) {
      case NEGATE -> -1;
      case ABS -> Double.isNaN(x) ? x : Math.signum(x);
      case SQUARE -> 2 * x;
      case SQRT -> 0.5 / Math.sqrt(x);
      case RECIPROCAL -> -1 / (x * x);
      case EXP -> Math.exp(x);
      case LOG -> 1 / x;
      case TANH -> {
        double y = Math.tanh(x);
        yield 1 - y * y;
      }
      case SIGMOID -> sigmoid(x) * sigmoid(-x);
      case ERF -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
      case RELU -> Double.isNaN(x) ? x : x > 0 ? 1 : 0;
      case GELU -> normalCdf(x) + x * INV_SQRT_2PI * Math.exp(-0.5 * x * x);
      case GELU_TANH -> {
        double t = Math.tanh(geluTanhArgument(x));
        double slope = SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * x * x);
        double flatness = 1 - t * t;
        // Far out the slope overflows where the flatness has long become 0.
        yield 0.5 * (1 + t) + (flatness == 0 ? 0 : 0.5 * x * flatness * slope);
      }
      case QUICK_GELU -> {
        double s = sigmoid(QUICK_GELU_SLOPE * x);
        yield s + s * sigmoid(-QUICK_GELU_SLOPE * x) * x * QUICK_GELU_SLOPE;
      }
    };
  }

  static double binary(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case POWER -> Math.pow(a, b);
    };
  }

  static boolean compare(CompareOp op, double a, double b) {
    return switch (op) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_OR_EQUAL -> a >= b;
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Φ(x), by erfc where 1 + erf would cancel. */
  private static double normalCdf(double x) {
    return 0.5 * Erf.erfc(-x / Math.sqrt(2));
  }

  private static double geluTanhArgument(double x) {
    return SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x);
  }
}
