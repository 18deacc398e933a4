package dev.weft.cuda.ptx;

import java.util.Arrays;

/**
 * A block's shared memory. For each granule it is known who read and wrote it last, and when, so
 * that two threads that touch it without a barrier between are found.
 */
final class SharedMemory {
  /** Read by several threads of one warp, or of several: from here downwards. */
  private static final int SEVERAL = -2;

  private static final int SEVERAL_OF_WARP = -3;

  final byte[] data;
  final byte[] marks;
  private final int granule;
  private final int shift;
  private final int[] writer;
  private final int[] reader;
  private final long[] written;
  private final long[] read;
  private final boolean[] atomically;

  /** Barriers of the block so far; never falls, so that nothing has to be cleared. */
  private int epoch = 1;

  SharedMemory(int bytes, int granule) {
    this.data = new byte[bytes];
    this.marks = new byte[bytes];
    this.granule = granule;
    this.shift = Integer.numberOfTrailingZeros(granule);
    int granules = (bytes + granule - 1) / granule;
    this.writer = new int[granules];
    this.reader = new int[granules];
    this.written = new long[granules];
    this.read = new long[granules];
    this.atomically = new boolean[granules];
  }

  void start() {
    epoch++;
    Arrays.fill(marks, (byte) 0);
  }

  void barrier() {
    epoch++;
  }

  private long now(Warp warp) {
    return (long) epoch << 32 | warp.syncs;
  }

  /**
   * Whether something that {@code other} did at {@code when} is ordered before what happens now.
   */
  private boolean ordered(Warp warp, int thread, int other, long when) {
    if (when >>> 32 != epoch || other == thread) {
      return true;
    }
    return other / Warp.LANES == warp.number && (int) when != warp.syncs;
  }

  void reads(Op op, Warp warp, int lane, int at, int bytes) {
    int thread = warp.number * Warp.LANES + lane;
    long now = now(warp);
    long start = (long) epoch << 32;
    int last = (at + bytes - 1) >> shift;
    for (int g = at >> shift; g <= last; g++) {
      if (written[g] >= start && !ordered(warp, thread, writer[g], written[g])) {
        throw race(op, warp, lane, g, "reads", writer[g], "wrote");
      }
      if (read[g] < start) {
        reader[g] = thread;
      } else if (reader[g] != thread && reader[g] != SEVERAL) {
        reader[g] = readers(warp, thread, reader[g], read[g] == now);
      }
      read[g] = now;
    }
  }

  /** Who has read, now that a thread has too; {@code atOnce}: with no barrier between. */
  private static int readers(Warp warp, int thread, int before, boolean atOnce) {
    int warpBefore = before >= 0 ? before / Warp.LANES : SEVERAL_OF_WARP - before;
    if (warpBefore != warp.number) {
      return SEVERAL;
    }
    return atOnce ? SEVERAL_OF_WARP - warp.number : thread;
  }

  void writes(Op op, Warp warp, int lane, int at, int bytes, boolean atomic) {
    int thread = warp.number * Warp.LANES + lane;
    for (int g = at >> shift; g <= (at + bytes - 1) >> shift; g++) {
      if (!(atomic && atomically[g]) && !ordered(warp, thread, writer[g], written[g])) {
        throw race(op, warp, lane, g, "writes", writer[g], "wrote");
      }
      if (readByOthers(warp, thread, g)) {
        throw race(op, warp, lane, g, "writes", reader[g], "read");
      }
      writer[g] = thread;
      written[g] = now(warp);
      atomically[g] = atomic;
    }
  }

  private boolean readByOthers(Warp warp, int thread, int g) {
    if (read[g] >>> 32 != epoch) {
      return false;
    }
    int who = reader[g];
    if (who >= 0) {
      return !ordered(warp, thread, who, read[g]);
    }
    return who == SEVERAL || SEVERAL_OF_WARP - who != warp.number || read[g] == now(warp);
  }

  private PtxException race(Op op, Warp warp, int lane, int g, String does, int other, String did) {
    String who = other >= 0 ? warp.block.thread(other) : "another thread";
    return op.fault(
        warp,
        lane,
        "race: %s shared memory at %d, which %s %s with no barrier between"
            .formatted(does, g * granule, who, did));
  }
}
