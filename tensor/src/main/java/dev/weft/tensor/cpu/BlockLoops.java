package dev.weft.tensor.cpu;

/**
 * Products of blocks that lie in the cache, as attention needs them: too small for {@link Gemm}'s
 * packing to pay. A block's rows follow one another at a pitch that is a multiple of {@link
 * #lanes}.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface BlockLoops<A> {
  /**
   * Rows of a product are computed in multiples of this; what is beyond the last has no meaning.
   */
  int ROWS = 4;

  /** Columns are computed in multiples of this. */
  int lanes();

  /**
   * {@code c = a b}, or {@code c += a b}: [rows, steps] × [steps, columns].
   *
   * @param rows a multiple of {@link #ROWS}
   * @param columns a multiple of {@link #lanes}, and the pitch of b and c
   * @param aRow distance between rows of a
   * @param aStep distance between steps of a
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

  /**
   * {@code out[r · pitch + c] = factor · x[at + r · rowStride + c · columnStride]}, with zeros for
   * columns from {@code columns} to {@code pitch}. With the strides exchanged it transposes.
   */
  void copy(
      A x,
      int at,
      int rowStride,
      int columnStride,
      int rows,
      int columns,
      double factor,
      A out,
      int outAt,
      int pitch);
}
