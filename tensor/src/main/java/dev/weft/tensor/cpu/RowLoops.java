package dev.weft.tensor.cpu;

/**
 * What softmax and layer norm do to one row of {@code n} elements.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface RowLoops<A> {

  /** {@code out = exp(x - max)}, where {@code out} may be {@code x}; returns the sum of out. */
  double expShifted(A x, int xAt, double max, A out, int outAt, int n);

  /** {@code Σ exp(x - max)}. */
  double sumExpShifted(A x, int xAt, double max, int n);

  /** {@code out = (x - max) - logSum}: in this order, so that large x leave the digits alone. */
  void logSoftmax(A x, int xAt, double max, double logSum, A out, int outAt, int n);

  /** {@code out = y (g - inner)}. */
  void softmaxBackward(A y, int yAt, A g, int gAt, double inner, A out, int outAt, int n);

  /** {@code out = g - total exp(y)}. */
  void logSoftmaxBackward(A y, int yAt, A g, int gAt, double total, A out, int outAt, int n);

  /** {@code out = (x - mean) rstd}. */
  void standardise(A x, int xAt, double mean, double rstd, A out, int outAt, int n);

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

  /** {@code out = rstd (inner - innerMean - standardised · dotMean)}. */
  void layerNormBackward(
      A inner,
      int innerAt,
      A standardised,
      int standardisedAt,
      double innerMean,
      double dotMean,
      double rstd,
      A out,
      int outAt,
      int n);
}
