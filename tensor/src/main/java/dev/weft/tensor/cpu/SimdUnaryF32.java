package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.weft.tensor.UnaryOp;
import jdk.incubator.vector.FloatVector;

/**
 * Functions of one F32 element with the Vector API. Each has a loop of its own: a function handed
 * over to a common loop would not be inlined, and vectors that cross a call are boxed. What does
 * not fill a vector goes through the same loop in a scratch array, for the same bits.
 */
final class SimdUnaryF32 {
  private SimdUnaryF32() {}

  /** Whether there is a loop for {@code op} here. */
  static boolean has(UnaryOp op) {
    return switch (op) {
      case NEGATE -> false;
      default -> true;
    };
  }

  /** {@code out = op(x)}. */
  static void apply(UnaryOp op, float[] x, int xAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    loop(op, x, xAt, out, outAt, end);
    if (end < n) {
      float[] scratch = new float[LANES];
      System.arraycopy(x, xAt + end, scratch, 0, n - end);
      loop(op, scratch, 0, scratch, 0, LANES);
      System.arraycopy(scratch, 0, out, outAt + end, n - end);
    }
  }

  private static void loop(UnaryOp op, float[] x, int xAt, float[] out, int outAt, int n) {
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

  private static void abs(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      v.abs().intoArray(out, outAt + i);
    }
  }

  private static void square(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      v.mul(v).intoArray(out, outAt + i);
    }
  }

  private static void sqrt(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      v.sqrt().intoArray(out, outAt + i);
    }
  }

  private static void reciprocal(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      FloatVector.broadcast(SPECIES, 1f).div(v).intoArray(out, outAt + i);
    }
  }

  private static void relu(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      v.blend(0f, v.compare(LE, 0f)).intoArray(out, outAt + i);
    }
  }

  private static void exp(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.exp(v).intoArray(out, outAt + i);
    }
  }

  private static void log(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.log(v).intoArray(out, outAt + i);
    }
  }

  private static void tanh(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.tanh(v).intoArray(out, outAt + i);
    }
  }

  private static void sigmoid(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.sigmoid(v).intoArray(out, outAt + i);
    }
  }

  private static void erf(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.erf(v).intoArray(out, outAt + i);
    }
  }

  private static void gelu(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.gelu(v).intoArray(out, outAt + i);
    }
  }

  private static void geluTanh(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.geluTanh(v).intoArray(out, outAt + i);
    }
  }

  private static void quickGelu(float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
      SimdMathF32.quickGelu(v).intoArray(out, outAt + i);
    }
  }
}
