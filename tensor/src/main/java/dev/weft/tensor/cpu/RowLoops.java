package dev.weft.tensor.cpu;

/**
 * What softmax and layer norm do to one row of {@code n} elements. A row's last pass also goes over
 * the row after it, for the first number that is wanted of that: so the memory is read while
 * results are stored, where one pass after the other would leave it idle by turns.
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

  /** {@code out = factor · out}; returns the greatest of x's next row, NaN passed over. */
  double scale(A out, int outAt, double factor, A x, int nextAt, int n);

  /**
   * {@code out = x - max}; returns {@code Σ exp(out)}. The logarithm of that is left to {@link
   * #shift}, so that large x leave the digits alone.
   */
  double shiftedSumExp(A x, int xAt, double max, A out, int outAt, int n);

  /** {@code out = out - amount}; returns the greatest of x's next row, NaN passed over. */
  double shift(A out, int outAt, double amount, A x, int nextAt, int n);

  /** {@code Σ a b}, added up as {@link #softmaxBackward} does. */
  double dot(A a, int aAt, A b, int bAt, int n);

  /** {@code out = y (g - inner)}; returns {@code Σ y g} of the next row, {@code step} further. */
  double softmaxBackward(
      A y, int yAt, A g, int gAt, double inner, int step, A out, int outAt, int n);

  /** {@code out = y (g - inner)}, of a row by itself. */
  default void softmaxBackward(A y, int yAt, A g, int gAt, double inner, A out, int outAt, int n) {
    softmaxBackward(y, yAt, g, gAt, inner, 0, out, outAt, n);
  }

  /** {@code Σ x}, added up as {@link #logSoftmaxBackward} and {@link #normalise} do. */
  double sum(A x, int xAt, int n);

  /** {@code out = g - total exp(y)}; returns the sum of g's next row. */
  double logSoftmaxBackward(
      A y, int yAt, A g, int gAt, double total, int nextAt, A out, int outAt, int n);

  /** {@code out = a + b}; returns the sum of out. */
  double add(A a, int aAt, A b, int bAt, A out, int outAt, int n);

  /** {@code out = (x - mean) rstd gamma + beta}; returns the sum of x's next row. */
  double normalise(
      A x,
      int xAt,
      double mean,
      double rstd,
      A gamma,
      int gammaAt,
      A beta,
      int betaAt,
      int nextAt,
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
