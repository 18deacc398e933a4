package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;
import static jdk.incubator.vector.VectorOperators.B2L;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element by element in F64 with the Vector API. What is left at the end of a loop, and what has no
 * vector form, goes to the plain loops, whose results for these operators are the same bits.
 */
final class SimdElementsF64 extends PlainElementsF64 {
  private static final VectorSpecies<Long> LONGS = SPECIES.withLanes(long.class);

  @Override
  public void unary(UnaryOp op, double[] x, int xAt, double[] out, int outAt, int n) {
    if (op == UnaryOp.NEGATE) {
      scale(x, xAt, -1, out, outAt, n);
    } else if (SimdUnaryF64.has(op)) {
      SimdUnaryF64.apply(op, x, xAt, out, outAt, n);
    } else {
      super.unary(op, x, xAt, out, outAt, n);
    }
  }

  @Override
  public void unaryBackward(
      UnaryOp op, double[] x, int xAt, double[] g, int gAt, double[] out, int outAt, int n) {
    if (op == UnaryOp.NEGATE) {
      scale(g, gAt, -1, out, outAt, n);
    } else if (SimdUnaryBackwardF64.has(op)) {
      SimdUnaryBackwardF64.apply(op, x, xAt, g, gAt, out, outAt, n);
    } else {
      super.unaryBackward(op, x, xAt, g, gAt, out, outAt, n);
    }
  }

  @Override
  public void binary(
      BinaryOp op, double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int done =
        switch (op) {
          case ADD -> add(a, aAt, b, bAt, out, outAt, n);
          case SUBTRACT -> subtract(a, aAt, b, bAt, out, outAt, n);
          case MULTIPLY -> multiply(a, aAt, b, bAt, out, outAt, n);
          case DIVIDE -> divide(a, aAt, b, bAt, out, outAt, n);
          case MAXIMUM -> maximum(a, aAt, b, bAt, out, outAt, n);
          case MINIMUM -> minimum(a, aAt, b, bAt, out, outAt, n);
          case POWER -> SimdPowerF64.apply(a, aAt, b, bAt, out, outAt, n);
        };
    super.binary(op, a, aAt + done, b, bAt + done, out, outAt + done, n - done);
  }

  private static int add(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      left.add(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int subtract(
      double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      left.sub(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int multiply(
      double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      left.mul(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int divide(
      double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      left.div(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int maximum(
      double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      left.max(right).intoArray(out, outAt + i);
    }
    return end;
  }

  private static int minimum(
      double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      left.min(right).intoArray(out, outAt + i);
    }
    return end;
  }

  @Override
  public void compare(
      CompareOp op, double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
    int done = SimdCompareF64.apply(op, a, aAt, b, bAt, out, outAt, n);
    super.compare(op, a, aAt + done, b, bAt + done, out, outAt + done, n - done);
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
    int end = SimdCompareF64.BYTES == null ? 0 : SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      Vector<Long> chosen =
          ByteVector.fromArray(SimdCompareF64.BYTES, condition, cAt + i)
              .convertShape(B2L, LONGS, 0);
      VectorMask<Double> mask = chosen.compare(NE, 0).cast(SPECIES);
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      right.blend(left, mask).intoArray(out, outAt + i);
    }
    super.select(condition, cAt + end, a, aAt + end, b, bAt + end, out, outAt + end, n - end);
  }

  @Override
  public void scale(double[] x, int xAt, double factor, double[] out, int outAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector.fromArray(SPECIES, x, xAt + i).mul(factor).intoArray(out, outAt + i);
    }
    super.scale(x, xAt + end, factor, out, outAt + end, n - end);
  }

  @Override
  public void multiplyAdd(
      double[] a, int aAt, double[] b, int bAt, double[] sum, int sumAt, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, a, aAt + i);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, bAt + i);
      DoubleVector total = DoubleVector.fromArray(SPECIES, sum, sumAt + i);
      total.add(left.mul(right)).intoArray(sum, sumAt + i);
    }
    super.multiplyAdd(a, aAt + end, b, bAt + end, sum, sumAt + end, n - end);
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
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector w = DoubleVector.fromArray(SPECIES, weight, weightAt + i);
      DoubleVector g = DoubleVector.fromArray(SPECIES, gradient, gradientAt + i);
      g = g.add(w.mul(c.coupledDecay()));
      DoubleVector first = DoubleVector.fromArray(SPECIES, m, mAt + i);
      first = first.mul(c.beta1()).add(g.mul((1 - c.beta1())));
      DoubleVector second = DoubleVector.fromArray(SPECIES, v, vAt + i);
      second = second.mul(c.beta2()).add(g.mul((1 - c.beta2())).mul(g));
      first.intoArray(m, mAt + i);
      second.intoArray(v, vAt + i);
      DoubleVector root = second.mul(c.secondCorrection()).sqrt().add(c.epsilon());
      w.mul(c.keep()).sub(first.mul(c.rate()).div(root)).intoArray(weight, weightAt + i);
    }
    super.adam(
        c, weight, weightAt + end, gradient, gradientAt + end, m, mAt + end, v, vAt + end, n - end);
  }
}
