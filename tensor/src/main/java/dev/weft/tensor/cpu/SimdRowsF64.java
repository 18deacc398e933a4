package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;

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
  public void logSoftmax(
      double[] x, int xAt, double max, double logSum, double[] out, int outAt, int n) {
    DoubleVector greatest = all(max);
    DoubleVector total = all(logSum);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      load(x, xAt + i).sub(greatest).sub(total).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      load(x, xAt + end, rest).sub(greatest).sub(total).intoArray(out, outAt + end, rest);
    }
  }

  @Override
  public void softmaxBackward(
      double[] y, int yAt, double[] g, int gAt, double inner, double[] out, int outAt, int n) {
    DoubleVector centre = all(inner);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      load(g, gAt + i).sub(centre).mul(load(y, yAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector d = load(g, gAt + end, rest).sub(centre);
      d.mul(load(y, yAt + end, rest)).intoArray(out, outAt + end, rest);
    }
  }

  @Override
  public void logSoftmaxBackward(
      double[] y, int yAt, double[] g, int gAt, double total, double[] out, int outAt, int n) {
    DoubleVector factor = all(-total);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector p = SimdMathF64.exp(load(y, yAt + i));
      p.fma(factor, load(g, gAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector p = SimdMathF64.exp(load(y, yAt + end, rest));
      p.fma(factor, load(g, gAt + end, rest)).intoArray(out, outAt + end, rest);
    }
  }

  @Override
  public void normalise(
      double[] x,
      int xAt,
      double mean,
      double rstd,
      double[] gamma,
      int gammaAt,
      double[] beta,
      int betaAt,
      double[] out,
      int outAt,
      int n) {
    DoubleVector centre = all(mean);
    DoubleVector scale = all(rstd);
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LANES) {
      DoubleVector v = load(x, xAt + i).sub(centre).mul(scale);
      v.fma(load(gamma, gammaAt + i), load(beta, betaAt + i)).intoArray(out, outAt + i);
    }
    if (end < n) {
      VectorMask<Double> rest = SPECIES.indexInRange(end, n);
      DoubleVector v = load(x, xAt + end, rest).sub(centre).mul(scale);
      v.fma(load(gamma, gammaAt + end, rest), load(beta, betaAt + end, rest))
          .intoArray(out, outAt + end, rest);
    }
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
