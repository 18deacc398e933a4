package dev.weft.tensor.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Panels of B in memory outside the Java heap that starts on a cache line, and the tile that reads
 * them there. Panels follow each other without a gap; offsets count elements.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface AlignedPanels<A> {

  /**
   * Packs panels whose lanes are neighbours, all at once: the i-th lane of step p is {@code
   * source[at + p · stepStride + i]}.
   */
  void copyRows(A source, int at, int stepStride, int steps, int panels, MemorySegment out);

  /** Copies steps of one panel that {@link GemmKernel#pack} has packed. */
  void put(A packed, int steps, MemorySegment out, int outAt);

  /** The tile of {@link GemmKernel#tile} over a panel in such memory. */
  void tile(
      int rows,
      int steps,
      A a,
      int aAt,
      MemorySegment b,
      long bAt,
      A init,
      int initAt,
      int initStride,
      A c,
      int cAt,
      int cStride);
}
