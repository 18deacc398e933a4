package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;

/**
 * The inner tile of a matrix product and the packing it wants. Packed into panels, for each step p
 * of the inner dimension {@code rows()} elements of A's column p, or {@code columns()} elements of
 * B's row p, lie side by side: lanes. A panel follows the other; the last one is filled up with
 * zeros.
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
   * @param rows how many of the tile's rows are wanted; those below may be left out
   * @param a a panel of A, {@code steps · rows()} elements from {@code aAt}
   * @param b a panel of B, or B itself where its columns are neighbours
   * @param bStep distance between steps of b: {@code columns()} where it is packed
   * @param initStride distance between the rows of init; 0 takes the same row, a bias, for all
   */
  void tile(
      int rows,
      int steps,
      A a,
      int aAt,
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
   * Packs {@code lanes} lanes into panels of {@code width}: {@code out[outAt + panel · width ·
   * steps + p · width + i] = source[at + (panel · width + i) · laneStride + p · stepStride]}.
   */
  void pack(
      A source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      A out,
      int outAt,
      int width);

  /** Converts {@code length} elements of F16 or BF16, {@code stride} apart, to neighbours. */
  void widen(DType dtype, short[] source, int at, int stride, int length, A out, int outAt);
}
