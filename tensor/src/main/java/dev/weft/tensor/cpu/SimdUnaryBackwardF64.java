package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;
import static jdk.incubator.vector.VectorOperators.IS_NAN;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.weft.tensor.UnaryOp;
import jdk.incubator.vector.DoubleVector;

/**
 * Gradients through functions of one F64 element with the Vector API, {@code out = g op'(x)}; one
 * loop each, as in {@link SimdUnaryF64}.
 */
final class SimdUnaryBackwardF64 {
  private SimdUnaryBackwardF64() {}

  /** Whether there is a loop for {@code op} here. */
  static boolean has(UnaryOp op) {
    return switch (op) {
      case NEGATE, ABS -> false;
      default -> true;
    };
  }

  /** {@code out = g op'(x)}. */
  static void apply(
      UnaryOp op, double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    loop(op, x, xAt, g, gAt, out, outAt, end);
    if (end < n) {
      double[] scratch = new double[2 * LANES];
      System.arraycopy(x, xAt + end, scratch, 0, n - end);
      System.arraycopy(g, gAt + end, scratch, LANES, n - end);
      loop(op, scratch, 0, scratch, LANES, scratch, 0, LANES);
      System.arraycopy(scratch, 0, out, outAt + end, n - end);
    }
  }

  private static void loop(
      UnaryOp op, double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    switch (op) {
      case SQUARE -> square(x, xAt, g, gAt, out, outAt, n);
      case SQRT -> sqrt(x, xAt, g, gAt, out, outAt, n);
      case RECIPROCAL -> reciprocal(x, xAt, g, gAt, out, outAt, n);
      case RELU -> relu(x, xAt, g, gAt, out, outAt, n);
      case EXP -> exp(x, xAt, g, gAt, out, outAt, n);
      case LOG -> log(x, xAt, g, gAt, out, outAt, n);
      case TANH -> tanh(x, xAt, g, gAt, out, outAt, n);
      case SIGMOID -> sigmoid(x, xAt, g, gAt, out, outAt, n);
      case ERF -> erf(x, xAt, g, gAt, out, outAt, n);
      case GELU -> gelu(x, xAt, g, gAt, out, outAt, n);
      case GELU_TANH -> geluTanh(x, xAt, g, gAt, out, outAt, n);
      case QUICK_GELU -> quickGelu(x, xAt, g, gAt, out, outAt, n);
      default -> throw new IllegalArgumentException(op.name());
    }
  }

  private static void square(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      v.add(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void sqrt(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      d.mul(0.5).div(v.sqrt()).intoArray(out, outAt + i);
    }
  }

  private static void reciprocal(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      d.neg().div(v.mul(v)).intoArray(out, outAt + i);
    }
  }

  private static void relu(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      d.blend(0, v.compare(LE, 0)).blend(v, v.test(IS_NAN)).intoArray(out, outAt + i);
    }
  }

  private static void exp(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF64.exp(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void log(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      d.div(v).intoArray(out, outAt + i);
    }
  }

  private static void tanh(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      DoubleVector y = SimdMathF64.tanh(v);
      DoubleVector.broadcast(SPECIES, 1).sub(y.mul(y)).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void sigmoid(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF64.sigmoidSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void erf(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF64.erfSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void gelu(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF64.geluSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void geluTanh(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF64.geluTanhSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void quickGelu(
      double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF64.quickGeluSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }
}
