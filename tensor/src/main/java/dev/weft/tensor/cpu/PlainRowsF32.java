package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;

/** Rows of softmax and layer norm in F32; sums of exponentials are kept in double precision. */
final class PlainRowsF32 implements RowLoops<float[]> {
  private static final PlainFoldsF32 FOLDS = new PlainFoldsF32();

  @Override
  public double expShifted(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float power = (float) Math.exp(x[xAt + i] - max);
      out[outAt + i] = power;
      sum += power;
    }
    return sum;
  }

  @Override
  public double sumExpShifted(float[] x, int xAt, double max, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[xAt + i] - max);
    }
    return sum;
  }

  @Override
  public double scale(float[] out, int outAt, double factor, float[] x, int nextAt, int n) {
    float f = (float) factor;
    for (int i = 0; i < n; i++) {
      out[outAt + i] *= f;
    }
    return FOLDS.greatest(x, nextAt, n);
  }

  @Override
  public double shiftedSumExp(float[] x, int xAt, double max, float[] out, int outAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double shifted = x[xAt + i] - max;
      out[outAt + i] = (float) shifted;
      sum += Math.exp(shifted);
    }
    return sum;
  }

  @Override
  public double shift(float[] out, int outAt, double amount, float[] x, int nextAt, int n) {
    float a = (float) amount;
    for (int i = 0; i < n; i++) {
      out[outAt + i] -= a;
    }
    return FOLDS.greatest(x, nextAt, n);
  }

  @Override
  public double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    return FOLDS.dot(a, aAt, b, bAt, n);
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
    float centre = (float) inner;
    for (int i = 0; i < n; i++) {
      out[outAt + i] = y[yAt + i] * (g[gAt + i] - centre);
    }
    return FOLDS.dot(y, yAt + step, g, gAt + step, n);
  }

  @Override
  public double sum(float[] x, int xAt, int n) {
    return FOLDS.fold(ReduceOp.SUM, x, xAt, n);
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
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (float) (g[gAt + i] - total * Math.exp(y[yAt + i]));
    }
    return sum(g, nextAt, n);
  }

  @Override
  public double add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = a[aAt + i] + b[bAt + i];
    }
    return sum(out, outAt, n);
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
    float centre = (float) mean;
    float scale = (float) rstd;
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (x[xAt + i] - centre) * scale * gamma[gammaAt + i] + beta[betaAt + i];
    }
    return sum(x, nextAt, n);
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
    float centre = (float) mean;
    float scale = (float) rstd;
    double sum = 0;
    double dot = 0;
    for (int i = 0; i < n; i++) {
      float v = (x[xAt + i] - centre) * scale;
      float d = g[gAt + i];
      float inner = d * gamma[gammaAt + i];
      sum += inner;
      dot += (double) inner * v;
      dgamma[sumsAt + i] += d * v;
      dbeta[sumsAt + i] += d;
    }
    sums[0] = sum;
    sums[1] = dot;
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
    float centre = (float) mean;
    float scale = (float) rstd;
    float shift = (float) innerMean;
    float slope = (float) dotMean;
    for (int i = 0; i < n; i++) {
      float v = (x[xAt + i] - centre) * scale;
      float inner = g[gAt + i] * gamma[gammaAt + i];
      out[outAt + i] = (inner - (shift + v * slope)) * scale;
    }
  }
}
