package dev.weft.cuda.ptx;

/** An instruction that makes one register of up to three others, each lane for itself. */
final class Alu extends Op {

  /**
   * One loop over lanes; {@code d}, {@code a}, {@code b}, {@code c} are where a register begins.
   */
  @FunctionalInterface
  interface Lanes {
    void apply(long[] r, int d, int a, int b, int c, int from, int to);
  }

  private final Lanes lanes;
  private final int d;
  private final int a;
  private final int b;
  private final int c;

  Alu(Category category, Lanes lanes, int d, int... sources) {
    this.lanes = lanes;
    this.d = d * Warp.LANES;
    this.a = sources[0] * Warp.LANES;
    this.b = sources.length > 1 ? sources[1] * Warp.LANES : 0;
    this.c = sources.length > 2 ? sources[2] * Warp.LANES : 0;
    this.category = category;
    reads(sources);
    writes(d);
  }

  @Override
  void run(Warp warp, int mask) {
    forRuns(mask, (from, to) -> lanes.apply(warp.r, d, a, b, c, from, to));
  }

  /** Takes lanes next to each other. */
  @FunctionalInterface
  interface Run {
    void accept(int from, int to);
  }

  static void forRuns(int mask, Run run) {
    if (mask == -1) {
      run.accept(0, Warp.LANES);
      return;
    }
    int rest = mask;
    int from = 0;
    while (rest != 0) {
      int skipped = Integer.numberOfTrailingZeros(rest);
      from += skipped;
      rest >>>= skipped;
      int length = Integer.numberOfTrailingZeros(~rest);
      run.accept(from, from + length);
      from += length;
      rest = length == Warp.LANES ? 0 : rest >>> length;
    }
  }
}
