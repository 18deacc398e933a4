package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/** Rows of softmax and layer norm in F64 with the Vector API. */
final class SimdRowsF64 implements RowLoops<double[]> {

  @Override
  public double expShifted(double[] x, int xAt, double max, double[] out, int outAt, int n) {
    DoubleVector sum = DoubleVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector shifted = DoubleVector.fromArray(SPECIES, x, xAt + i, lanes).sub(max);
      DoubleVector power = SimdMathF64.exp(shifted);
      power.intoArray(out, outAt + i, lanes);
      sum = sum.add(power, lanes);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public double sumExpShifted(double[] x, int xAt, double max, int n) {
    DoubleVector sum = DoubleVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector shifted = DoubleVector.fromArray(SPECIES, x, xAt + i, lanes).sub(max);
      sum = sum.add(SimdMathF64.exp(shifted), lanes);
    }
    return SimdFoldsF64.total(sum);
  }

  @Override
  public void logSoftmax(
      double[] x, int xAt, double max, double logSum, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i, lanes);
      v.sub(max).sub(logSum).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void softmaxBackward(
      double[] y, int yAt, double[] g, int gAt, double inner, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector p = DoubleVector.fromArray(SPECIES, y, yAt + i, lanes);
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i, lanes);
      p.mul(d.sub(inner)).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void logSoftmaxBackward(
      double[] y, int yAt, double[] g, int gAt, double total, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector p = SimdMathF64.exp(DoubleVector.fromArray(SPECIES, y, yAt + i, lanes));
      DoubleVector d = DoubleVector.fromArray(SPECIES, g, gAt + i, lanes);
      d.sub(p.mul(total)).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void standardise(
      double[] x, int xAt, double mean, double rstd, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i, lanes);
      v.sub(mean).mul(rstd).intoArray(out, outAt + i, lanes);
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
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector v = DoubleVector.fromArray(SPECIES, x, xAt + i, lanes);
      DoubleVector scale = DoubleVector.fromArray(SPECIES, gamma, gammaAt + i, lanes);
      DoubleVector offset = DoubleVector.fromArray(SPECIES, beta, betaAt + i, lanes);
      v.sub(mean).mul(rstd).fma(scale, offset).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void layerNormBackward(
      double[] inner,
      int innerAt,
      double[] standardised,
      int standardisedAt,
      double innerMean,
      double dotMean,
      double rstd,
      double[] out,
      int outAt,
      int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Double> lanes = SPECIES.indexInRange(i, n);
      DoubleVector d = DoubleVector.fromArray(SPECIES, inner, innerAt + i, lanes);
      DoubleVector v = DoubleVector.fromArray(SPECIES, standardised, standardisedAt + i, lanes);
      DoubleVector projected = v.mul(dotMean).add(innerMean);
      d.sub(projected).mul(rstd).intoArray(out, outAt + i, lanes);
    }
  }
}
