package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element by element in F32 with the Vector API. What is left at the end of a loop, and what has no
 * vector form, goes to the plain loops, whose results for these operators are the same bits.
 */
final class SimdElementsF32 extends PlainElementsF32 {
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  @Override
  public void unary(UnaryOp op, float[] x, int xAt, float[] out, int outAt, int n) {
    if (op == UnaryOp.NEGATE) {
      scale(x, xAt, -1, out, outAt, n);
    } else if (SimdUnaryF32.has(op)) {
      SimdUnaryF32.apply(op, x, xAt, out, outAt, n);
    } else {
      super.unary(op, x, xAt, out, outAt, n);
    }
  }

  @Override
  public void unaryBackward(
      UnaryOp op, float[] x, int xAt, float[] g, int gAt, float[] out, int outAt, int n) {
    if (op == UnaryOp.NEGATE) {
      scale(g, gAt, -1, out, outAt, n);
    } else if (SimdUnaryBackwardF32.has(op)) {
      SimdUnaryBackwardF32.apply(op, x, xAt, g, gAt, out, outAt, n);
    } else {
      super.unaryBackward(op, x, xAt, g, gAt, out, outAt, n);
    }
  }

  @Override
  public void binary(
      BinaryOp op, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int done =
        switch (op) {
          case ADD -> add(a, aAt, b, bAt, out, outAt, n);
          case SUBTRACT -> subtract(a, aAt, b, bAt, out, outAt, n);
          case MULTIPLY -> multiply(a, aAt, b, bAt, out, outAt, n);
          case DIVIDE -> divide(a, aAt, b, bAt, out, outAt, n);
          case MAXIMUM -> maximum(a, aAt, b, bAt, out, outAt, n);
          case MINIMUM -> minimum(a, aAt, b, bAt, out, outAt, n);
          case POWER -> SimdPowerF32.apply(a, aAt, b, bAt, out, outAt, n);
        };
    super.binary(op, a, aAt + done, b, bAt + done, out, outAt + done, n - done);
  }

  private static int add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      left.add(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int subtract(
      float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      left.sub(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int multiply(
      float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      left.mul(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int divide(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      left.div(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int maximum(
      float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      left.max(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int minimum(
      float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      left.min(right).intoArray(out, outAt + i);
    }
    return end;
  }

  @Override
  public void compare(
      CompareOp op, float[] a, int aAt, float[] b, int bAt, byte[] out, int outAt, int n) {
    int done = SimdCompareF32.apply(op, a, aAt, b, bAt, out, outAt, n);
    super.compare(op, a, aAt + done, b, bAt + done, out, outAt + done, n - done);
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
    int end = SimdCompareF32.BYTES == null ? 0 : SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      Vector<Integer> chosen =
          ByteVector.fromArray(SimdCompareF32.BYTES, condition, cAt + i).convertShape(B2I, INTS, 0);
      VectorMask<Float> mask = chosen.compare(NE, 0).cast(SPECIES);
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      right.blend(left, mask).intoArray(out, outAt + i);
    }
    super.select(condition, cAt + end, a, aAt + end, b, bAt + end, out, outAt + end, n - end);
  }

  @Override
  public void scale(float[] x, int xAt, double factor, float[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xAt + i).mul((float) factor).intoArray(out, outAt + i);
    }
    super.scale(x, xAt + end, factor, out, outAt + end, n - end);
  }

  @Override
  public void dropout(
      float[] x, int xAt, int[] words, double probability, float[] out, int outAt, int n) {
    int threshold = PlainElementsF32.threshold(probability);
    float scale = (float) (1 / (1 - probability));
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector scaled = FloatVector.fromArray(SPECIES, x, xAt + i).mul(scale);
      IntVector number = IntVector.fromArray(INTS, words, i).lanewise(LSHR, 8);
      scaled.blend(0f, number.compare(LT, threshold).cast(SPECIES)).intoArray(out, outAt + i);
    }
    for (int i = end; i < n; i++) {
      out[outAt + i] = words[i] >>> 8 < threshold ? 0 : x[xAt + i] * scale;
    }
  }

  @Override
  public void multiplyAdd(float[] a, int aAt, float[] b, int bAt, float[] sum, int sumAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bAt + i);
      FloatVector total = FloatVector.fromArray(SPECIES, sum, sumAt + i);
      total.add(left.mul(right)).intoArray(sum, sumAt + i);
    }
    super.multiplyAdd(a, aAt + end, b, bAt + end, sum, sumAt + end, n - end);
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
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector w = FloatVector.fromArray(SPECIES, weight, weightAt + i);
      FloatVector g = FloatVector.fromArray(SPECIES, gradient, gradientAt + i);
      g = g.add(w.mul((float) c.coupledDecay()));
      FloatVector first = FloatVector.fromArray(SPECIES, m, mAt + i);
      first = first.mul((float) c.beta1()).add(g.mul((float) (1 - c.beta1())));
      FloatVector second = FloatVector.fromArray(SPECIES, v, vAt + i);
      second = second.mul((float) c.beta2()).add(g.mul((float) (1 - c.beta2())).mul(g));
      first.intoArray(m, mAt + i);
      second.intoArray(v, vAt + i);
      FloatVector root = second.mul((float) c.secondCorrection()).sqrt().add((float) c.epsilon());
      w.mul((float) c.keep())
          .sub(first.mul((float) c.rate()).div(root))
          .intoArray(weight, weightAt + i);
    }
    super.adam(
        c, weight, weightAt + end, gradient, gradientAt + end, m, mAt + end, v, vAt + end, n - end);
  }
}
