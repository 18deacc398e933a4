package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.IS_NAN;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.weft.tensor.UnaryOp;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients through functions of one F32 element with the Vector API, {@code out = g op'(x)}; one
 * loop each, as in {@link SimdUnaryF32}.
 */
final class SimdUnaryBackwardF32 {
  private SimdUnaryBackwardF32() {}

  /** Whether there is a loop for {@code op} here. */
  static boolean has(UnaryOp op) {
    return switch (op) {
      case NEGATE, ABS -> false;
      default -> true;
    };
  }

  /** {@code out = g op'(x)}. */
  static void apply(
      UnaryOp op, float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    loop(op, x, xAt, g, gAt, out, outAt, end);
    if (end < n) {
      float[] scratch = new float[2 * LANES];
      System.arraycopy(x, xAt + end, scratch, 0, n - end);
      System.arraycopy(g, gAt + end, scratch, LANES, n - end);
      loop(op, scratch, 0, scratch, LANES, scratch, 0, LANES);
      System.arraycopy(scratch, 0, out, outAt + end, n - end);
    }
  }

  private static void loop(
      UnaryOp op, float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
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
      float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      v.add(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void sqrt(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      d.mul(0.5f).div(v.sqrt()).intoArray(out, outAt + i);
    }
  }

  private static void reciprocal(
      float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      d.neg().div(v.mul(v)).intoArray(out, outAt + i);
    }
  }

  private static void relu(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      d.blend(0f, v.compare(LE, 0f)).blend(v, v.test(IS_NAN)).intoArray(out, outAt + i);
    }
  }

  private static void exp(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF32.exp(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void log(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      d.div(v).intoArray(out, outAt + i);
    }
  }

  private static void tanh(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      FloatVector y = SimdMathF32.tanh(v);
      FloatVector.broadcast(SPECIES, 1f).sub(y.mul(y)).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void sigmoid(
      float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF32.sigmoidSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void erf(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF32.erfSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void gelu(float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF32.geluSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void geluTanh(
      float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF32.geluTanhSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }

  private static void quickGelu(
      float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i);
      SimdMathF32.quickGeluSlope(v).mul(d).intoArray(out, outAt + i);
    }
  }
}
