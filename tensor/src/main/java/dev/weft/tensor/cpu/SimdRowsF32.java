package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdFoldsF32.greater;
import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Rows of softmax and layer norm in F32 with the Vector API. Whole vectors first; what is left at a
 * row's end is done once more under a mask, which in the loop would cost as much as the arithmetic.
 */
final class SimdRowsF32 implements RowLoops<float[]> {

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  private static FloatVector load(float[] x, int at, VectorMask<Float> lanes) {
    return FloatVector.fromArray(SPECIES, x, at, lanes);
  }

  private static FloatVector all(double value) {
    return FloatVector.broadcast(SPECIES, (float) value);
  }

  @Override
  public double expShifted(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    FloatVector greatest = all(max);
    FloatVector sum = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector power = SimdMathF32.expOfNegative(load(x, xAt + i).sub(greatest));
      power.intoArray(out, outAt + i);
      sum = sum.add(power);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      FloatVector power = SimdMathF32.expOfNegative(load(x, xAt + end, rest).sub(greatest));
      power.intoArray(out, outAt + end, rest);
      sum = sum.add(power, rest);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public double sumExpShifted(float[] x, int xAt, double max, int n) {
    FloatVector greatest = all(max);
    FloatVector sum = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(SimdMathF32.expOfNegative(load(x, xAt + i).sub(greatest)));
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      FloatVector shifted = load(x, xAt + end, rest).sub(greatest);
      sum = sum.add(SimdMathF32.expOfNegative(shifted), rest);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public double scale(float[] out, int outAt, double factor, float[] x, int nextAt, int n) {
    FloatVector scale = all(factor);
    FloatVector greatest = all(Double.NEGATIVE_INFINITY);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      greatest = greater(load(x, nextAt + i), greatest);
      load(out, outAt + i).mul(scale).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      greatest = greater(load(x, nextAt + end, rest), greatest, rest);
      load(out, outAt + end, rest).mul(scale).intoArray(out, outAt + end, rest);
    }
    return greatest.reduceLanes(MAX);
  }

  @Override
  public double shiftedSumExp(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    FloatVector greatest = all(max);
    FloatVector sum = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector shifted = load(x, xAt + i).sub(greatest);
      shifted.intoArray(out, outAt + i);
      sum = sum.add(SimdMathF32.expOfNegative(shifted));
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      FloatVector shifted = load(x, xAt + end, rest).sub(greatest);
      shifted.intoArray(out, outAt + end, rest);
      sum = sum.add(SimdMathF32.expOfNegative(shifted), rest);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public double shift(float[] out, int outAt, double amount, float[] x, int nextAt, int n) {
    FloatVector shift = all(amount);
    FloatVector greatest = all(Double.NEGATIVE_INFINITY);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      greatest = greater(load(x, nextAt + i), greatest);
      load(out, outAt + i).sub(shift).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      greatest = greater(load(x, nextAt + end, rest), greatest, rest);
      load(out, outAt + end, rest).sub(shift).intoArray(out, outAt + end, rest);
    }
    return greatest.reduceLanes(MAX);
  }

  @Override
  public double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    FloatVector dot = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      dot = load(a, aAt + i).fma(load(b, bAt + i), dot);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      dot = load(a, aAt + end, rest).fma(load(b, bAt + end, rest), dot);
    }
    return SimdFoldsF32.total(dot);
  }

  @Override
  public double softmaxBackward(
      float[] y,
      int yAt,
      float[] g,
      int gAt,
      double inner,
      int step,
      float[] out,
      int outAt,
      int n) {
    int yNext = yAt + step;
    int gNext = gAt + step;
    FloatVector centre = all(inner);
    FloatVector dot = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      dot = load(y, yNext + i).fma(load(g, gNext + i), dot);
      load(g, gAt + i).sub(centre).mul(load(y, yAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      dot = load(y, yNext + end, rest).fma(load(g, gNext + end, rest), dot);
      FloatVector d = load(g, gAt + end, rest).sub(centre);
      d.mul(load(y, yAt + end, rest)).intoArray(out, outAt + end, rest);
    }
    return SimdFoldsF32.total(dot);
  }

  @Override
  public double sum(float[] x, int xAt, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(load(x, xAt + i));
    }
    if (end < n) {
      sum = sum.add(load(x, xAt + end, SPECIES.indexInRange(end, n)));
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public double logSoftmaxBackward(
      float[] y,
      int yAt,
      float[] g,
      int gAt,
      double total,
      int nextAt,
      float[] out,
      int outAt,
      int n) {
    FloatVector factor = all(-total);
    FloatVector sum = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(load(g, nextAt + i));
      FloatVector p = SimdMathF32.exp(load(y, yAt + i));
      p.fma(factor, load(g, gAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      sum = sum.add(load(g, nextAt + end, rest));
      FloatVector p = SimdMathF32.exp(load(y, yAt + end, rest));
      p.fma(factor, load(g, gAt + end, rest)).intoArray(out, outAt + end, rest);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public double add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    FloatVector total = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector sum = load(a, aAt + i).add(load(b, bAt + i));
      sum.intoArray(out, outAt + i);
      total = total.add(sum);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      FloatVector sum = load(a, aAt + end, rest).add(load(b, bAt + end, rest));
      sum.intoArray(out, outAt + end, rest);
      total = total.add(sum);
    }
    return SimdFoldsF32.total(total);
  }

  @Override
  public double normalise(
      float[] x,
      int xAt,
      double mean,
      double rstd,
      float[] gamma,
      int gammaAt,
      float[] beta,
      int betaAt,
      int nextAt,
      float[] out,
      int outAt,
      int n) {
    FloatVector centre = all(mean);
    FloatVector scale = all(rstd);
    FloatVector sum = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(load(x, nextAt + i));
      FloatVector v = load(x, xAt + i).sub(centre).mul(scale);
      v.fma(load(gamma, gammaAt + i), load(beta, betaAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      sum = sum.add(load(x, nextAt + end, rest));
      FloatVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      v.fma(load(gamma, gammaAt + end, rest), load(beta, betaAt + end, rest))
          .intoArray(out, outAt + end, rest);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public void layerNormSums(
      float[] x,
      int xAt,
      double mean,
      double rstd,
      float[] gamma,
      int gammaAt,
      float[] g,
      int gAt,
      float[] dgamma,
      float[] dbeta,
      int sumsAt,
      int n,
      double[] sums) {
    FloatVector centre = all(mean);
    FloatVector scale = all(rstd);
    FloatVector sum = FloatVector.zero(SPECIES);
    FloatVector dot = FloatVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector v = load(x, xAt + i).sub(centre).mul(scale);
      FloatVector d = load(g, gAt + i);
      FloatVector inner = d.mul(load(gamma, gammaAt + i));
      sum = sum.add(inner);
      dot = inner.fma(v, dot);
      d.fma(v, load(dgamma, sumsAt + i)).intoArray(dgamma, sumsAt + i);
      d.add(load(dbeta, sumsAt + i)).intoArray(dbeta, sumsAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      FloatVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      FloatVector d = load(g, gAt + end, rest);
      FloatVector inner = d.mul(load(gamma, gammaAt + end, rest));
      sum = sum.add(inner);
      dot = dot.add(inner.mul(v), rest);
      d.fma(v, load(dgamma, sumsAt + end, rest)).intoArray(dgamma, sumsAt + end, rest);
      d.add(load(dbeta, sumsAt + end, rest)).intoArray(dbeta, sumsAt + end, rest);
    }
    sums[0] = SimdFoldsF32.total(sum);
    sums[1] = SimdFoldsF32.total(dot);
  }

  @Override
  public void layerNormBackward(
      float[] x,
      int xAt,
      double mean,
      double rstd,
      float[] gamma,
      int gammaAt,
      float[] g,
      int gAt,
      double innerMean,
      double dotMean,
      float[] out,
      int outAt,
      int n) {
    FloatVector centre = all(mean);
    FloatVector scale = all(rstd);
    FloatVector shift = all(innerMean);
    FloatVector slope = all(dotMean);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      FloatVector v = load(x, xAt + i).sub(centre).mul(scale);
      FloatVector inner = load(g, gAt + i).mul(load(gamma, gammaAt + i));
      inner.sub(v.fma(slope, shift)).mul(scale).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(end, n);
      FloatVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      FloatVector inner = load(g, gAt + end, rest).mul(load(gamma, gammaAt + end, rest));
      inner.sub(v.fma(slope, shift)).mul(scale).intoArray(out, outAt + end, rest);
    }
  }
}
