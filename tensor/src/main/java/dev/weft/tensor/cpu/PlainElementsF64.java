package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;

/**
 * Element by element in F64. One loop per operator where the compiler can vectorise it; the
 * functions come from {@link Scalars}, because F64 is the type to check with.
 */
class PlainElementsF64 implements ElementLoops<double[]> {

  @Override
  public void unary(UnaryOp op, double[] x, int xAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = Scalars.unary(op, x[xAt + i]);
    }
  }

  @Override
  public void unaryBackward(
      UnaryOp op, double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = g[gAt + i] * Scalars.derivative(op, x[xAt + i]);
    }
  }

  @Override
  public void binary(
      BinaryOp op, double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
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
          out[outAt + i] = Math.pow(a[aAt + i], b[bAt + i]);
        }
      }
    }
  }

  @Override
  public void compare(
      CompareOp op, double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
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
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      double[] out,
      int outAt,
      int n) {
    for (int i = 0; i < n; i++) {
      // All ones where the condition is not 0: a branch would be guessed wrong every other time.
      long mask = (condition[cAt + i] | -condition[cAt + i]) >> 31;
      long chosen = Double.doubleToRawLongBits(a[aAt + i]) & mask;
      long other = Double.doubleToRawLongBits(b[bAt + i]) & ~mask;
      out[outAt + i] = Double.longBitsToDouble(chosen | other);
    }
  }

  @Override
  public void fill(double value, double[] out, int outAt, int n) {
    Arrays.fill(out, outAt, outAt + n, value);
  }

  @Override
  public void scale(double[] x, int xAt, double factor, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = x[xAt + i] * factor;
    }
  }

  @Override
  public void dropout(
      double[] x, int xAt, int[] words, double probability, double[] out, int outAt, int n) {
    int threshold = PlainElementsF32.threshold(probability);
    double scale = 1 / (1 - probability);
    for (int i = 0; i < n; i++) {
      out[outAt + i] = words[i] >>> 8 < threshold ? 0 : x[xAt + i] * scale;
    }
  }

  @Override
  public void multiplyAdd(
      double[] a, int aAt, double[] b, int bAt, double[] sum, int sumAt, int n) {
    for (int i = 0; i < n; i++) {
      sum[sumAt + i] += a[aAt + i] * b[bAt + i];
    }
  }

  @Override
  public void adam(
      AdamCoefficients c,
      double[] weight,
      int weightAt,
      double[] gradient,
      int gradientAt,
      double[] m,
      int mAt,
      double[] v,
      int vAt,
      int n) {
    for (int i = 0; i < n; i++) {
      double w = weight[weightAt + i];
      double g = gradient[gradientAt + i] + c.coupledDecay() * w;
      double first = c.beta1() * m[mAt + i] + (1 - c.beta1()) * g;
      double second = c.beta2() * v[vAt + i] + (1 - c.beta2()) * g * g;
      m[mAt + i] = first;
      v[vAt + i] = second;
      double root = Math.sqrt(second * c.secondCorrection()) + c.epsilon();
      weight[weightAt + i] = c.keep() * w - c.rate() * first / root;
    }
  }
}
