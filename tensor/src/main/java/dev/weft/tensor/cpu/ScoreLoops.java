package dev.weft.tensor.cpu;

/**
 * What attention does to a block of scores, {@code rows} rows of {@code n} one after the other from
 * index 0 on.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface ScoreLoops<A> {

  /** The greatest of each row, NaN passed over; negative infinity if there is no other. */
  void greatest(A x, int rows, int n, double[] greatest);

  /** {@code x = exp(x - shift)} for each row's shift; adds the rows' sums to {@code sums}. */
  void powers(A x, int rows, int n, double[] shifts, double[] sums);

  /** {@code dy = y (dy - inner)} for each row's inner product. */
  void slopes(A y, A dy, int rows, int n, double[] inners);
}
