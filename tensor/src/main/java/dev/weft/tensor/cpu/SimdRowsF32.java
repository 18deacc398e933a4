package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rows of softmax and layer norm in F32 with the Vector API. */
final class SimdRowsF32 implements RowLoops<float[]> {

  @Override
  public double expShifted(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector shifted = FloatVector.fromArray(SPECIES, x, xAt + i, lanes).sub((float) max);
      FloatVector power = SimdMathF32.exp(shifted);
      power.intoArray(out, outAt + i, lanes);
      sum = sum.add(power, lanes);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public double sumExpShifted(float[] x, int xAt, double max, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector shifted = FloatVector.fromArray(SPECIES, x, xAt + i, lanes).sub((float) max);
      sum = sum.add(SimdMathF32.exp(shifted), lanes);
    }
    return SimdFoldsF32.total(sum);
  }

  @Override
  public void logSoftmax(
      float[] x, int xAt, double max, double logSum, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i, lanes);
      v.sub((float) max).sub((float) logSum).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void softmaxBackward(
      float[] y, int yAt, float[] g, int gAt, double inner, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector p = FloatVector.fromArray(SPECIES, y, yAt + i, lanes);
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i, lanes);
      p.mul(d.sub((float) inner)).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void logSoftmaxBackward(
      float[] y, int yAt, float[] g, int gAt, double total, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector p = SimdMathF32.exp(FloatVector.fromArray(SPECIES, y, yAt + i, lanes));
      FloatVector d = FloatVector.fromArray(SPECIES, g, gAt + i, lanes);
      d.sub(p.mul((float) total)).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void standardise(
      float[] x, int xAt, double mean, double rstd, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i, lanes);
      v.sub((float) mean).mul((float) rstd).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void normalise(
      float[] x,
      int xAt,
      double mean,
      double rstd,
      float[] gamma,
      int gammaAt,
      float[] beta,
      int betaAt,
      float[] out,
      int outAt,
      int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i, lanes);
      FloatVector scale = FloatVector.fromArray(SPECIES, gamma, gammaAt + i, lanes);
      FloatVector offset = FloatVector.fromArray(SPECIES, beta, betaAt + i, lanes);
      v.sub((float) mean).mul((float) rstd).fma(scale, offset).intoArray(out, outAt + i, lanes);
    }
  }

  @Override
  public void layerNormBackward(
      float[] inner,
      int innerAt,
      float[] standardised,
      int standardisedAt,
      double innerMean,
      double dotMean,
      double rstd,
      float[] out,
      int outAt,
      int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector d = FloatVector.fromArray(SPECIES, inner, innerAt + i, lanes);
      FloatVector v = FloatVector.fromArray(SPECIES, standardised, standardisedAt + i, lanes);
      FloatVector projected = v.mul((float) dotMean).add((float) innerMean);
      d.sub(projected).mul((float) rstd).intoArray(out, outAt + i, lanes);
    }
  }
}
