package dev.weft.tensor.cpu;

/**
 * What attention does to a row of {@code n} scores, a multiple of {@link BlockLoops#lanes}; the
 * ones that fill it up are negative infinities.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface ScoreLoops<A> {

  /** The greatest; NaN may be passed over. */
  double greatest(A x, int at, int n);

  /** {@code x = exp(x - shift)} in place; returns the sum. */
  double powers(A x, int at, double shift, int n);
}
