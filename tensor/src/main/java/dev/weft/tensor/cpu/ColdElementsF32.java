package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;

/** F32 element by element while {@link ColdStart} lasts, then {@link SimdElementsF32}. */
final class ColdElementsF32 extends PlainElementsF32 {
  /** What an activation costs in multiplications. */
  private static final int ACTIVATION = 16;

  /** Loaded when the first vector is wanted. */
  private static final class Warm {
    private static final SimdElementsF32 LOOPS = new SimdElementsF32();
  }

  @Override
  public void unary(UnaryOp op, float[] x, int xAt, float[] out, int outAt, int n) {
    if (!has(op) || !ColdStart.lasts((long) n * ACTIVATION)) {
      Warm.LOOPS.unary(op, x, xAt, out, outAt, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      float v = x[xAt + i];
      out[outAt + i] =
          switch (op) {
            case TANH -> ColdMathF32.tanh(v);
            case GELU -> ColdMathF32.gelu(v);
            case GELU_TANH -> ColdMathF32.geluTanh(v);
            default -> ColdMathF32.quickGelu(v);
          };
    }
  }

  /** What a first forward pass has. */
  private static boolean has(UnaryOp op) {
    return op == UnaryOp.TANH
        || op == UnaryOp.GELU
        || op == UnaryOp.GELU_TANH
        || op == UnaryOp.QUICK_GELU;
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    Warm.LOOPS.unaryBackward(op, x, xAt, g, gAt, out, outAt, n);
  }

  @Override
  public void binary(
      BinaryOp op, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    if (op != BinaryOp.POWER && ColdStart.lasts(n)) {
      super.binary(op, a, aAt, b, bAt, out, outAt, n);
    } else {
      Warm.LOOPS.binary(op, a, aAt, b, bAt, out, outAt, n);
    }
  }

  @Override
  public void compare(
      CompareOp op, float[] a, int aAt, float[] b, int bAt, byte[] out, int outAt, int n) {
    if (ColdStart.lasts(n)) {
      super.compare(op, a, aAt, b, bAt, out, outAt, n);
    } else {
      Warm.LOOPS.compare(op, a, aAt, b, bAt, out, outAt, n);
    }
  }

  @Override
  public void select(
      byte[] condition,
      int cAt,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float[] out,
      int outAt,
      int n) {
    if (ColdStart.lasts(n)) {
      super.select(condition, cAt, a, aAt, b, bAt, out, outAt, n);
    } else {
      Warm.LOOPS.select(condition, cAt, a, aAt, b, bAt, out, outAt, n);
    }
  }

  @Override
  public void scale(float[] x, int xAt, double factor, float[] out, int outAt, int n) {
    if (ColdStart.lasts(n)) {
      super.scale(x, xAt, factor, out, outAt, n);
    } else {
      Warm.LOOPS.scale(x, xAt, factor, out, outAt, n);
    }
  }

  @Override
  public void dropout(
      float[] x, int xAt, int[] words, double probability, float[] out, int outAt, int n) {
    Warm.LOOPS.dropout(x, xAt, words, probability, out, outAt, n);
  }

  @Override
  public void multiplyAdd(float[] a, int aAt, float[] b, int bAt, float[] sum, int sumAt, int n) {
    Warm.LOOPS.multiplyAdd(a, aAt, b, bAt, sum, sumAt, n);
  }

  @Override
  public void adam(
      AdamCoefficients c,
      float[] weight,
      int weightAt,
      float[] gradient,
      int gradientAt,
      float[] m,
      int mAt,
      float[] v,
      int vAt,
      int n) {
    Warm.LOOPS.adam(c, weight, weightAt, gradient, gradientAt, m, mAt, v, vAt, n);
  }
}
