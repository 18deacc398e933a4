package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdFoldsF64.greater;
import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/**
 * Rows of softmax and layer norm in F64 with the Vector API. Whole vectors first; what is left at a
 * row's end is done once more under a mask, which in the loop would cost as much as the arithmetic.
 */
final class SimdRowsF64 implements RowLoops<double[]> {

  private static DoubleVector load(double[] x, int at) {
    return DoubleVector.fromArray(SPECIES, x, at);
  }

  private static DoubleVector load(double[] x, int at, VectorMask<Double> lanes) {
    return DoubleVector.fromArray(SPECIES, x, at, lanes);
  }

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }

  @Override
  public double expShifted(double[] x, int xAt, double max, double[] out, int outAt, int n) {
    DoubleVector greatest = all(max);
    DoubleVector sum = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector power = SimdMathF64.expOfNegative(load(x, xAt + i).sub(greatest));
      power.intoArray(out, outAt + i);
      sum = sum.add(power);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector power = SimdMathF64.expOfNegative(load(x, xAt + end, rest).sub(greatest));
      power.intoArray(out, outAt + end, rest);
      sum = sum.add(power, rest);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public double sumExpShifted(double[] x, int xAt, double max, int n) {
    DoubleVector greatest = all(max);
    DoubleVector sum = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(SimdMathF64.expOfNegative(load(x, xAt + i).sub(greatest)));
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector shifted = load(x, xAt + end, rest).sub(greatest);
      sum = sum.add(SimdMathF64.expOfNegative(shifted), rest);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public double scale(double[] out, int outAt, double factor, double[] x, int nextAt, int n) {
    DoubleVector scale = all(factor);
    DoubleVector greatest = all(Double.NEGATIVE_INFINITY);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      greatest = greater(load(x, nextAt + i), greatest);
      load(out, outAt + i).mul(scale).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      greatest = greater(load(x, nextAt + end, rest), greatest, rest);
      load(out, outAt + end, rest).mul(scale).intoArray(out, outAt + end, rest);
    }
    return greatest.reduceLanes(MAX);
  }

  @Override
  public double shiftedSumExp(double[] x, int xAt, double max, double[] out, int outAt, int n) {
    DoubleVector greatest = all(max);
    DoubleVector sum = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector shifted = load(x, xAt + i).sub(greatest);
      shifted.intoArray(out, outAt + i);
      sum = sum.add(SimdMathF64.expOfNegative(shifted));
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector shifted = load(x, xAt + end, rest).sub(greatest);
      shifted.intoArray(out, outAt + end, rest);
      sum = sum.add(SimdMathF64.expOfNegative(shifted), rest);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public double shift(double[] out, int outAt, double amount, double[] x, int nextAt, int n) {
    DoubleVector shift = all(amount);
    DoubleVector greatest = all(Double.NEGATIVE_INFINITY);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      greatest = greater(load(x, nextAt + i), greatest);
      load(out, outAt + i).sub(shift).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      greatest = greater(load(x, nextAt + end, rest), greatest, rest);
      load(out, outAt + end, rest).sub(shift).intoArray(out, outAt + end, rest);
    }
    return greatest.reduceLanes(MAX);
  }

  @Override
  public double dot(double[] a, int aAt, double[] b, int bAt, int n) {
    DoubleVector dot = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      dot = load(a, aAt + i).fma(load(b, bAt + i), dot);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      dot = load(a, aAt + end, rest).fma(load(b, bAt + end, rest), dot);
    }
    return SimdFoldsF64.total(dot);
  }

  @Override
  public double softmaxBackward(
      double[] y,
      int yAt,
      double[] g,
      int gAt,
      double inner,
      int step,
      double[] out,
      int outAt,
      int n) {
    int yNext = yAt + step;
    int gNext = gAt + step;
    DoubleVector centre = all(inner);
    DoubleVector dot = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      dot = load(y, yNext + i).fma(load(g, gNext + i), dot);
      load(g, gAt + i).sub(centre).mul(load(y, yAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      dot = load(y, yNext + end, rest).fma(load(g, gNext + end, rest), dot);
      DoubleVector d = load(g, gAt + end, rest).sub(centre);
      d.mul(load(y, yAt + end, rest)).intoArray(out, outAt + end, rest);
    }
    return SimdFoldsF64.total(dot);
  }

  @Override
  public double sum(double[] x, int xAt, int n) {
    DoubleVector sum = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(load(x, xAt + i));
    }
    if (end < n) {
      sum = sum.add(load(x, xAt + end, SPECIES.indexInRange(end, n)));
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public double logSoftmaxBackward(
      double[] y,
      int yAt,
      double[] g,
      int gAt,
      double total,
      int nextAt,
      double[] out,
      int outAt,
      int n) {
    DoubleVector factor = all(-total);
    DoubleVector sum = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(load(g, nextAt + i));
      DoubleVector p = SimdMathF64.exp(load(y, yAt + i));
      p.fma(factor, load(g, gAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      sum = sum.add(load(g, nextAt + end, rest));
      DoubleVector p = SimdMathF64.exp(load(y, yAt + end, rest));
      p.fma(factor, load(g, gAt + end, rest)).intoArray(out, outAt + end, rest);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public double add(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    DoubleVector total = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector sum = load(a, aAt + i).add(load(b, bAt + i));
      sum.intoArray(out, outAt + i);
      total = total.add(sum);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector sum = load(a, aAt + end, rest).add(load(b, bAt + end, rest));
      sum.intoArray(out, outAt + end, rest);
      total = total.add(sum);
    }
    return SimdFoldsF64.total(total);
  }

  @Override
  public double normalise(
      double[] x,
      int xAt,
      double mean,
      double rstd,
      double[] gamma,
      int gammaAt,
      double[] beta,
      int betaAt,
      int nextAt,
      double[] out,
      int outAt,
      int n) {
    DoubleVector centre = all(mean);
    DoubleVector scale = all(rstd);
    DoubleVector sum = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      sum = sum.add(load(x, nextAt + i));
      DoubleVector v = load(x, xAt + i).sub(centre).mul(scale);
      v.fma(load(gamma, gammaAt + i), load(beta, betaAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      sum = sum.add(load(x, nextAt + end, rest));
      DoubleVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      v.fma(load(gamma, gammaAt + end, rest), load(beta, betaAt + end, rest))
          .intoArray(out, outAt + end, rest);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public void layerNormSums(
      double[] x,
      int xAt,
      double mean,
      double rstd,
      double[] gamma,
      int gammaAt,
      double[] g,
      int gAt,
      double[] dgamma,
      double[] dbeta,
      int sumsAt,
      int n,
      double[] sums) {
    DoubleVector centre = all(mean);
    DoubleVector scale = all(rstd);
    DoubleVector sum = DoubleVector.zero(SPECIES);
    DoubleVector dot = DoubleVector.zero(SPECIES);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector v = load(x, xAt + i).sub(centre).mul(scale);
      DoubleVector d = load(g, gAt + i);
      DoubleVector inner = d.mul(load(gamma, gammaAt + i));
      sum = sum.add(inner);
      dot = inner.fma(v, dot);
      d.fma(v, load(dgamma, sumsAt + i)).intoArray(dgamma, sumsAt + i);
      d.add(load(dbeta, sumsAt + i)).intoArray(dbeta, sumsAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      DoubleVector d = load(g, gAt + end, rest);
      DoubleVector inner = d.mul(load(gamma, gammaAt + end, rest));
      sum = sum.add(inner);
      dot = dot.add(inner.mul(v), rest);
      d.fma(v, load(dgamma, sumsAt + end, rest)).intoArray(dgamma, sumsAt + end, rest);
      d.add(load(dbeta, sumsAt + end, rest)).intoArray(dbeta, sumsAt + end, rest);
    }
    sums[0] = SimdFoldsF64.total(sum);
    sums[1] = SimdFoldsF64.total(dot);
  }

  @Override
  public void layerNormBackward(
      double[] x,
      int xAt,
      double mean,
      double rstd,
      double[] gamma,
      int gammaAt,
      double[] g,
      int gAt,
      double innerMean,
      double dotMean,
      double[] out,
      int outAt,
      int n) {
    DoubleVector centre = all(mean);
    DoubleVector scale = all(rstd);
    DoubleVector shift = all(innerMean);
    DoubleVector slope = all(dotMean);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector v = load(x, xAt + i).sub(centre).mul(scale);
      DoubleVector inner = load(g, gAt + i).mul(load(gamma, gammaAt + i));
      inner.sub(v.fma(slope, shift)).mul(scale).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      DoubleVector inner = load(g, gAt + end, rest).mul(load(gamma, gammaAt + end, rest));
      inner.sub(v.fma(slope, shift)).mul(scale).intoArray(out, outAt + end, rest);
    }
  }
}
