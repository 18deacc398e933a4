package dev.weft.tensor.cpu;

/**
 * The inner tile of a matrix product and the packing it may want. Packed into panels, for each step
 * p of the inner dimension the {@code rows()} elements of A's column p, or the {@code columns()}
 * elements of B's row p, lie side by side, filled up with zeros at the matrix's edge.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface GemmKernel<A> {

  /** Rows of a tile. */
  int rows();

  /** Columns of a tile. */
  int columns();

  /**
   * {@code c = init + a b} for one tile.
   *
   * @param aRowStride distance between rows of a: 1 where it is packed
   * @param aStep distance between steps of a: {@code rows()} where it is packed
   * @param bStep distance between steps of b, whose columns are neighbours: {@code columns()} where
   *     it is packed
   * @param initStride distance between the rows of init; 0 takes the same row, a bias, for all
   */
  void tile(
      int k,
      A a,
      int aAt,
      int aRowStride,
      int aStep,
      A b,
      int bAt,
      int bStep,
      A init,
      int initAt,
      int initStride,
      A c,
      int cAt,
      int cStride);

  /**
   * Packs one panel, {@code out[p · width + lane] = factor · source[at + lane · laneStride + p ·
   * stepStride]}, with zeros for lanes from {@code lanes} to {@code width}.
   */
  void pack(
      A source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      double factor,
      A out,
      int outAt,
      int width);
}
