package dev.weft.tensor.cpu;

/**
 * Products of blocks that lie in the cache, as attention needs them: too small for {@link Gemm}'s
 * threads and blocks to pay.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface BlockLoops<A> {
  /** Columns are computed in multiples of this. */
  int lanes();

  /** Rows are computed in multiples of this: there must be room, whose content has no meaning. */
  int rows();

  /** Columns of the next panel of b where so many, a multiple of {@link #lanes}, are left. */
  int panel(int columns);

  /**
   * Columns that are computed together where b lies as it is; 0 if {@link #productOfRows} is not
   * there.
   */
  default int columnsOfRows() {
    return 0;
  }

  /**
   * {@code c = a b} of matrices whose rows are dense: [rows, steps] × [steps, columns].
   *
   * @param rows a multiple of {@link #rows}
   * @param columns a multiple of {@link #columnsOfRows}, and the distance between rows of c
   */
  default void productOfRows(
      int rows,
      int columns,
      int steps,
      A a,
      int aAt,
      int aRow,
      A b,
      int bAt,
      int bRow,
      A c,
      int cAt) {
    throw new UnsupportedOperationException();
  }

  /**
   * {@code c = a b}, or {@code c += a b}: [rows, steps] × [steps, columns].
   *
   * @param columns a multiple of {@link #lanes}, and the distance between rows of c
   * @param aRow distance between rows of a
   * @param aStep distance between steps of a
   * @param b in panels of columns, one after the other, each [steps, its columns]
   */
  void product(
      int rows,
      int columns,
      int steps,
      A a,
      int aAt,
      int aRow,
      int aStep,
      A b,
      int bAt,
      A c,
      int cAt,
      boolean adds);
}
