package dev.weft.tensor.cpu;

/** Rows of softmax and layer norm in F64. */
final class PlainRowsF64 implements RowLoops<double[]> {

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
  public void logSoftmax(
      double[] x, int xAt, double max, double logSum, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = x[xAt + i] - max - logSum;
    }
  }

  @Override
  public void softmaxBackward(
      double[] y, int yAt, double[] g, int gAt, double inner, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = y[yAt + i] * (g[gAt + i] - inner);
    }
  }

  @Override
  public void logSoftmaxBackward(
      double[] y, int yAt, double[] g, int gAt, double total, double[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = g[gAt + i] - total * Math.exp(y[yAt + i]);
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
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (x[xAt + i] - mean) * rstd * gamma[gammaAt + i] + beta[betaAt + i];
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
