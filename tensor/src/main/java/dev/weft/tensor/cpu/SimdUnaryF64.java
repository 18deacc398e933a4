package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.weft.tensor.UnaryOp;
import jdk.incubator.vector.DoubleVector;

/**
 * Functions of one F64 element with the Vector API. Each has a loop of its own: a function handed
 * over to a common loop would not be inlined, and vectors that cross a call are boxed. What does
 * not fill a vector goes through the same loop in a scratch array, for the same bits.
 */
final class SimdUnaryF64 {
  private SimdUnaryF64() {}

  /** Whether there is a loop for {@code op} here. */
  static boolean has(UnaryOp op) {
    return switch (op) {
      case NEGATE -> false;
      default -> true;
    };
  }

  /** {@code out = op(x)}. */
  static void apply(UnaryOp op, double[] x, int xAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    loop(op, x, xAt, out, outAt, end);
    if (end < n) {
      double[] scratch = new double[LANES];
      System.arraycopy(x, xAt + end, scratch, 0, n - end);
      loop(op, scratch, 0, scratch, 0, LANES);
      System.arraycopy(scratch, 0, out, outAt + end, n - end);
    }
  }

  private static void loop(UnaryOp op, double[] x, int xAt, double[] out, int outAt, int n) {
    switch (op) {
      case ABS -> abs(x, xAt, out, outAt, n);
      case SQUARE -> square(x, xAt, out, outAt, n);
      case SQRT -> sqrt(x, xAt, out, outAt, n);
      case RECIPROCAL -> reciprocal(x, xAt, out, outAt, n);
      case RELU -> relu(x, xAt, out, outAt, n);
      case EXP -> exp(x, xAt, out, outAt, n);
      case LOG -> log(x, xAt, out, outAt, n);
      case TANH -> tanh(x, xAt, out, outAt, n);
      case SIGMOID -> sigmoid(x, xAt, out, outAt, n);
      case ERF -> erf(x, xAt, out, outAt, n);
      case GELU -> gelu(x, xAt, out, outAt, n);
      case GELU_TANH -> geluTanh(x, xAt, out, outAt, n);
      case QUICK_GELU -> quickGelu(x, xAt, out, outAt, n);
      default -> throw new IllegalArgumentException(op.name());
    }
  }

  private static void abs(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      v.abs().intoArray(out, outAt + i);
    }
  }

  private static void square(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      v.mul(v).intoArray(out, outAt + i);
    }
  }

  private static void sqrt(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      v.sqrt().intoArray(out, outAt + i);
    }
  }

  private static void reciprocal(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      DoubleVector.broadcast(SPECIES, 1).div(v).intoArray(out, outAt + i);
    }
  }

  private static void relu(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      v.blend(0, v.compare(LE, 0)).intoArray(out, outAt + i);
    }
  }

  private static void exp(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.exp(v).intoArray(out, outAt + i);
    }
  }

  private static void log(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.log(v).intoArray(out, outAt + i);
    }
  }

  private static void tanh(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.tanh(v).intoArray(out, outAt + i);
    }
  }

  private static void sigmoid(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.sigmoid(v).intoArray(out, outAt + i);
    }
  }

  private static void erf(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.erf(v).intoArray(out, outAt + i);
    }
  }

  private static void gelu(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.gelu(v).intoArray(out, outAt + i);
    }
  }

  private static void geluTanh(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.geluTanh(v).intoArray(out, outAt + i);
    }
  }

  private static void quickGelu(double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF64.quickGelu(v).intoArray(out, outAt + i);
    }
  }
}
