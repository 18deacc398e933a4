package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.ColdLanes.LANES;

/** What layer norm does to F32 rows while {@link ColdStart} lasts, then {@link SimdRowsF32}. */
final class ColdRowsF32 implements RowLoops<float[]> {

  /** Loaded when the first vector is wanted. */
  private static final class Warm {
    private static final SimdRowsF32 LOOPS = new SimdRowsF32();
  }

  @Override
  public double expShifted(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    return Warm.LOOPS.expShifted(x, xAt, max, out, outAt, n);
  }

  @Override
  public double sumExpShifted(float[] x, int xAt, double max, int n) {
    return Warm.LOOPS.sumExpShifted(x, xAt, max, n);
  }

  @Override
  public double scale(float[] out, int outAt, double factor, float[] x, int nextAt, int n) {
    return Warm.LOOPS.scale(out, outAt, factor, x, nextAt, n);
  }

  @Override
  public double shiftedSumExp(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    return Warm.LOOPS.shiftedSumExp(x, xAt, max, out, outAt, n);
  }

  @Override
  public double shift(float[] out, int outAt, double amount, float[] x, int nextAt, int n) {
    return Warm.LOOPS.shift(out, outAt, amount, x, nextAt, n);
  }

  @Override
  public double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    return Warm.LOOPS.dot(a, aAt, b, bAt, n);
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
    return Warm.LOOPS.softmaxBackward(y, yAt, g, gAt, inner, step, out, outAt, n);
  }

  @Override
  public double sum(float[] x, int xAt, int n) {
    if (ColdStart.lasts(n)) {
      float[] lanes = ColdLanes.zeros();
      for (int i = 0; i < n; i++) {
        lanes[i % LANES] += x[xAt + i];
      }
      return ColdLanes.total(lanes, 0);
    }
    return Warm.LOOPS.sum(x, xAt, n);
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
    return Warm.LOOPS.logSoftmaxBackward(y, yAt, g, gAt, total, nextAt, out, outAt, n);
  }

  @Override
  public double add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    if (ColdStart.lasts(n)) {
      float[] lanes = ColdLanes.zeros();
      for (int i = 0; i < n; i++) {
        float sum = a[aAt + i] + b[bAt + i];
        out[outAt + i] = sum;
        lanes[i % LANES] += sum;
      }
      return ColdLanes.total(lanes, 0);
    }
    return Warm.LOOPS.add(a, aAt, b, bAt, out, outAt, n);
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
    if (ColdStart.lasts(4L * n)) {
      float centre = (float) mean;
      float scale = (float) rstd;
      float[] lanes = ColdLanes.zeros();
      for (int i = 0; i < n; i++) {
        lanes[i % LANES] += x[nextAt + i];
        float v = (x[xAt + i] - centre) * scale;
        out[outAt + i] = Math.fma(v, gamma[gammaAt + i], beta[betaAt + i]);
      }
      return ColdLanes.total(lanes, 0);
    }
    return Warm.LOOPS.normalise(
        x, xAt, mean, rstd, gamma, gammaAt, beta, betaAt, nextAt, out, outAt, n);
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
    Warm.LOOPS.layerNormSums(
        x, xAt, mean, rstd, gamma, gammaAt, g, gAt, dgamma, dbeta, sumsAt, n, sums);
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
    Warm.LOOPS.layerNormBackward(
        x, xAt, mean, rstd, gamma, gammaAt, g, gAt, innerMean, dotMean, out, outAt, n);
  }
}
