package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;

/** Rows of softmax and layer norm in F64. */
final class PlainRowsF64 implements RowLoops<double[]> {
  private static final PlainFoldsF64 FOLDS = new PlainFoldsF64();

  @Override
  public double expShifted(double[] x, int xAt, double max, double[] out, int outAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double power = Math.exp(x[xAt + i] - max);
      out[outAt + i] = power;
      sum += power;
    }
    return sum;
  }

  @Override
  public double sumExpShifted(double[] x, int xAt, double max, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[xAt + i] - max);
    }
    return sum;
  }

  @Override
  public double scale(double[] out, int outAt, double factor, double[] x, int nextAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] *= factor;
    }
    return FOLDS.greatest(x, nextAt, n);
  }

  @Override
  public double shiftedSumExp(double[] x, int xAt, double max, double[] out, int outAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double shifted = x[xAt + i] - max;
      out[outAt + i] = shifted;
      sum += Math.exp(shifted);
    }
    return sum;
  }

  @Override
  public double shift(double[] out, int outAt, double amount, double[] x, int nextAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] -= amount;
    }
    return FOLDS.greatest(x, nextAt, n);
  }

  @Override
  public double dot(double[] a, int aAt, double[] b, int bAt, int n) {
    return FOLDS.dot(a, aAt, b, bAt, n);
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
    for (int i = 0; i < n; i++) {
      out[outAt + i] = y[yAt + i] * (g[gAt + i] - inner);
    }
    return FOLDS.dot(y, yAt + step, g, gAt + step, n);
  }

  @Override
  public double sum(double[] x, int xAt, int n) {
    return FOLDS.fold(ReduceOp.SUM, x, xAt, n);
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
    for (int i = 0; i < n; i++) {
      out[outAt + i] = g[gAt + i] - total * Math.exp(y[yAt + i]);
    }
    return sum(g, nextAt, n);
  }

  @Override
  public double add(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = a[aAt + i] + b[bAt + i];
    }
    return sum(out, outAt, n);
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
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (x[xAt + i] - mean) * rstd * gamma[gammaAt + i] + beta[betaAt + i];
    }
    return sum(x, nextAt, n);
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
    double sum = 0;
    double dot = 0;
    for (int i = 0; i < n; i++) {
      double v = (x[xAt + i] - mean) * rstd;
      double d = g[gAt + i];
      double inner = d * gamma[gammaAt + i];
      sum += inner;
      dot += inner * v;
      dgamma[sumsAt + i] += d * v;
      dbeta[sumsAt + i] += d;
    }
    sums[0] = sum;
    sums[1] = dot;
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
    for (int i = 0; i < n; i++) {
      double v = (x[xAt + i] - mean) * rstd;
      double inner = g[gAt + i] * gamma[gammaAt + i];
      out[outAt + i] = (inner - (innerMean + v * dotMean)) * rstd;
    }
  }
}
