package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;

/**
 * Element by element in F32. One loop per operator where the compiler can vectorise it; the
 * functions come from {@link Scalars}, in double precision and rounded once.
 */
class PlainElementsF32 implements ElementLoops<float[]> {

  @Override
  public void unary(UnaryOp op, float[] x, int xAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (float) Scalars.unary(op, x[xAt + i]);
    }
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (float) (g[gAt + i] * Scalars.derivative(op, x[xAt + i]));
    }
  }

  @Override
  public void binary(
      BinaryOp op, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = a[aAt + i] + b[bAt + i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = a[aAt + i] - b[bAt + i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = a[aAt + i] * b[bAt + i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = a[aAt + i] / b[bAt + i];
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = Math.max(a[aAt + i], b[bAt + i]);
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = Math.min(a[aAt + i], b[bAt + i]);
        }
      }
      case POWER -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = (float) Math.pow(a[aAt + i], b[bAt + i]);
        }
      }
    }
  }

  @Override
  public void compare(
      CompareOp op, float[] a, int aAt, float[] b, int bAt, byte[] out, int outAt, int n) {
    switch (op) {
      case EQUAL -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = (byte) (a[aAt + i] == b[bAt + i] ? 1 : 0);
        }
      }
      case NOT_EQUAL -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = (byte) (a[aAt + i] != b[bAt + i] ? 1 : 0);
        }
      }
      case LESS -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = (byte) (a[aAt + i] < b[bAt + i] ? 1 : 0);
        }
      }
      case LESS_OR_EQUAL -> {
        for (int i = 0; i < n; i++) {
          out[outAt + i] = (byte) (a[aAt + i] <= b[bAt + i] ? 1 : 0);
        }
      }
      case GREATER -> compare(CompareOp.LESS, b, bAt, a, aAt, out, outAt, n);
      case GREATER_OR_EQUAL -> compare(CompareOp.LESS_OR_EQUAL, b, bAt, a, aAt, out, outAt, n);
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
    for (int i = 0; i < n; i++) {
      // All ones where the condition is not 0: a branch would be guessed wrong every other time.
      int mask = (condition[cAt + i] | -condition[cAt + i]) >> 31;
      int chosen = Float.floatToRawIntBits(a[aAt + i]) & mask;
      int other = Float.floatToRawIntBits(b[bAt + i]) & ~mask;
      out[outAt + i] = Float.intBitsToFloat(chosen | other);
    }
  }

  @Override
  public void fill(double value, float[] out, int outAt, int n) {
    Arrays.fill(out, outAt, outAt + n, (float) value);
  }

  @Override
  public void scale(float[] x, int xAt, double factor, float[] out, int outAt, int n) {
    float f = (float) factor;
    for (int i = 0; i < n; i++) {
      out[outAt + i] = x[xAt + i] * f;
    }
  }

  /** Numbers have the upper 24 bits of a word; this is the least that is not below probability. */
  static int threshold(double probability) {
    return (int) Math.ceil(probability * 0x1p24);
  }

  @Override
  public void dropout(
      float[] x, int xAt, int[] words, double probability, float[] out, int outAt, int n) {
    int threshold = threshold(probability);
    float scale = (float) (1 / (1 - probability));
    for (int i = 0; i < n; i++) {
      out[outAt + i] = words[i] >>> 8 < threshold ? 0 : x[xAt + i] * scale;
    }
  }

  @Override
  public void multiplyAdd(float[] a, int aAt, float[] b, int bAt, float[] sum, int sumAt, int n) {
    for (int i = 0; i < n; i++) {
      sum[sumAt + i] += a[aAt + i] * b[bAt + i];
    }
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
    float beta1 = (float) c.beta1();
    float beta2 = (float) c.beta2();
    float rest1 = (float) (1 - c.beta1());
    float rest2 = (float) (1 - c.beta2());
    float coupledDecay = (float) c.coupledDecay();
    float keep = (float) c.keep();
    float rate = (float) c.rate();
    float correction = (float) c.secondCorrection();
    float epsilon = (float) c.epsilon();
    for (int i = 0; i < n; i++) {
      float w = weight[weightAt + i];
      float g = gradient[gradientAt + i] + coupledDecay * w;
      float first = beta1 * m[mAt + i] + rest1 * g;
      float second = beta2 * v[vAt + i] + rest2 * g * g;
      m[mAt + i] = first;
      v[vAt + i] = second;
      float root = (float) Math.sqrt(second * correction) + epsilon;
      weight[weightAt + i] = keep * w - rate * first / root;
    }
  }
}
