package dev.weft.tensor.cpu;

/**
 * Whether this process has hardly computed yet. A loop over the Vector API that is not compiled
 * makes an object of every vector, and compiling it takes a large part of a second; a scalar loop
 * is compiled a hundred times sooner. So the first work goes through scalar loops that do what the
 * vector loops do, lane by lane and in their order: the bits are the same, and when one gives way
 * to the other shows in nothing but time.
 */
final class ColdStart {
  /**
   * System property: multiplications, or elements times what one costs, until vector loops take
   * over; 0 for at once. Default: some 2 · 10⁹, a few short texts through BERT-base.
   */
  static final String PROPERTY = "weft.cold.work";

  // Not volatile, and added up without care: threads that disagree compute the same bits.
  private static long limit = Long.getLong(PROPERTY, 1L << 31);
  private static boolean lasts = limit > 0;
  private static long done;

  private ColdStart() {}

  /** Counts {@code work} that is about to be done; true if scalar loops are to do it. */
  static boolean lasts(long work) {
    if (!lasts) {
      return false;
    }
    done += work;
    lasts = done < limit;
    return lasts;
  }

  /** Begins anew, for so much work: for tests. */
  static void begin(long work) {
    done = 0;
    limit = work;
    lasts = work > 0;
  }
}
