package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;

/**
 * The inner tile of a matrix product and the packing it wants. Packed into panels, for each step p
 * of the inner dimension {@code strip()} elements of A's column p, or {@code columns()} elements of
 * B's row p, lie side by side: lanes. A panel follows the other; the last one is filled up with
 * zeros.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface GemmKernel<A> {

  /** Rows of a tile, a multiple of the strip's. */
  int rows();

  /** Rows of a panel of A. */
  int strip();

  /** Columns of a tile. */
  int columns();

  /**
   * Steps of the inner dimension in a block. Few enough that the panels of a tile stay in the inner
   * caches, many enough that going from tile to tile costs little.
   */
  int steps();

  /** Whether B can be read where it lies; else the steps of b must be {@code columns()} apart. */
  boolean takesAnyStep();

  /** Distance between panels of A. */
  int apart();

  /** The tile over aligned memory, for B packed in a product; null where arrays serve as well. */
  default AlignedPanels<A> aligned() {
    return null;
  }

  /**
   * {@code c = init + a b} for one tile.
   *
   * @param rows how many of the tile's rows are wanted: as many strips as hold them are computed
   * @param a panels of A, one after the other, from {@code aAt}
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
   * Packs {@code lanes} lanes into panels of {@code width}: {@code out[outAt + panel · apart + p ·
   * width + i] = source[at + (panel · width + i) · laneStride + p · stepStride]}.
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
      int width,
      int apart);

  /** Converts {@code length} elements of F16 or BF16, {@code stride} apart, to neighbours. */
  void widen(DType dtype, short[] source, int at, int stride, int length, A out, int outAt);
}
