package dev.weft.tensor.cpu;

/** Rows of softmax and layer norm in F32; sums of exponentials are kept in double precision. */
final class PlainRowsF32 implements RowLoops<float[]> {

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
  public void logSoftmax(
      float[] x, int xAt, double max, double logSum, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (float) (x[xAt + i] - max - logSum);
    }
  }

  @Override
  public void softmaxBackward(
      float[] y, int yAt, float[] g, int gAt, double inner, float[] out, int outAt, int n) {
    float centre = (float) inner;
    for (int i = 0; i < n; i++) {
      out[outAt + i] = y[yAt + i] * (g[gAt + i] - centre);
    }
  }

  @Override
  public void logSoftmaxBackward(
      float[] y, int yAt, float[] g, int gAt, double total, float[] out, int outAt, int n) {
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (float) (g[gAt + i] - total * Math.exp(y[yAt + i]));
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
    float centre = (float) mean;
    float scale = (float) rstd;
    for (int i = 0; i < n; i++) {
      out[outAt + i] = (x[xAt + i] - centre) * scale * gamma[gammaAt + i] + beta[betaAt + i];
    }
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
