package dev.weft.tensor.cpu;

/**
 * What softmax and layer norm do to one row of {@code n} elements.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface RowLoops<A> {

  /**
   * {@code out = exp(x - max)}, where {@code out} may be {@code x} and no x is above max; returns
   * the sum of out.
   */
  double expShifted(A x, int xAt, double max, A out, int outAt, int n);

  /** {@code Σ exp(x - max)}, where no x is above max. */
  double sumExpShifted(A x, int xAt, double max, int n);

  /** {@code out = (x - max) - logSum}: in this order, so that large x leave the digits alone. */
  void logSoftmax(A x, int xAt, double max, double logSum, A out, int outAt, int n);

  /** {@code out = y (g - inner)}. */
  void softmaxBackward(A y, int yAt, A g, int gAt, double inner, A out, int outAt, int n);

  /** {@code out = g - total exp(y)}. */
  void logSoftmaxBackward(A y, int yAt, A g, int gAt, double total, A out, int outAt, int n);

  /** {@code out = (x - mean) rstd gamma + beta}. */
  void normalise(
      A x,
      int xAt,
      double mean,
      double rstd,
      A gamma,
      int gammaAt,
      A beta,
      int betaAt,
      A out,
      int outAt,
      int n);

  /**
   * What layer norm's gradients are made of, in one pass: with {@code x̂ = (x - mean) rstd}, {@code
   * dgamma += g x̂}, {@code dbeta += g}, {@code sums = (Σ g gamma, Σ g gamma x̂)}.
   *
   * @param sumsAt where in both dgamma and dbeta
   */
  void layerNormSums(
      A x,
      int xAt,
      double mean,
      double rstd,
      A gamma,
      int gammaAt,
      A g,
      int gAt,
      A dgamma,
      A dbeta,
      int sumsAt,
      int n,
      double[] sums);

  /** {@code out = rstd (g gamma - innerMean - x̂ dotMean)} with {@code x̂ = (x - mean) rstd}. */
  void layerNormBackward(
      A x,
      int xAt,
      double mean,
      double rstd,
      A gamma,
      int gammaAt,
      A g,
      int gAt,
      double innerMean,
      double dotMean,
      A out,
      int outAt,
      int n);
}
