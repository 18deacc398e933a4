package dev.weft.tensor.cpu;

/**
 * A block of scores by the loops for single rows.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class RowwiseScores<A> implements ScoreLoops<A> {
  private final FoldLoops<A> folds;
  private final RowLoops<A> loops;

  RowwiseScores(FoldLoops<A> folds, RowLoops<A> loops) {
    this.folds = folds;
    this.loops = loops;
  }

  @Override
  public void greatest(A x, int rows, int n, double[] greatest) {
    for (int row = 0; row < rows; row++) {
      greatest[row] = folds.greatest(x, row * n, n);
    }
  }

  @Override
  public void powers(A x, int rows, int n, double[] shifts, double[] sums) {
    for (int row = 0; row < rows; row++) {
      sums[row] += loops.expShifted(x, row * n, shifts[row], x, row * n, n);
    }
  }

  @Override
  public void slopes(A y, A dy, int rows, int n, double[] inners) {
    for (int row = 0; row < rows; row++) {
      int at = row * n;
      loops.softmaxBackward(y, at, dy, at, inners[row], dy, at, n);
    }
  }
}
