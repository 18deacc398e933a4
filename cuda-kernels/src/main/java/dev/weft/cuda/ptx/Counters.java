package dev.weft.cuda.ptx;

import java.util.Arrays;
import java.util.Locale;

/** What launches have done: instructions, and what memory had to do for them. */
public final class Counters {
  private static final int SECTOR = 32;
  private static final int BANKS = 32;

  private final long[] warpInstructions = new long[Op.Category.values().length];
  private long threadInstructions;
  private long globalRequests;
  private long globalSectors;
  private long sharedRequests;
  private long sharedWavefronts;
  private long bankConflicts;
  private long divergentInstructions;
  private final long[] units = new long[Warp.LANES * 2];
  private final boolean memory;

  /**
   * Counters from zero.
   *
   * @param memory whether to count transactions and conflicts too, which takes time
   */
  public Counters(boolean memory) {
    this.memory = memory;
  }

  void instruction(Op op, int mask) {
    warpInstructions[op.category.index]++;
    if (memory) {
      threadInstructions += Integer.bitCount(mask);
      divergentInstructions += mask != -1 ? 1 : 0;
    }
  }

  boolean countsMemory() {
    return memory;
  }

  /** A warp's access to global memory: how many sectors of 32 bytes it touches. */
  void global(long[] addresses, int mask, int bytes) {
    int n = 0;
    for (int lane = 0; lane < Warp.LANES; lane++) {
      if ((mask >>> lane & 1) != 0) {
        units[n++] = addresses[lane] / SECTOR;
        if ((addresses[lane] + bytes - 1) / SECTOR != addresses[lane] / SECTOR) {
          units[n++] = (addresses[lane] + bytes - 1) / SECTOR;
        }
      }
    }
    globalRequests++;
    globalSectors += distinct(n);
  }

  private int distinct(int n) {
    Arrays.sort(units, 0, n);
    int count = n == 0 ? 0 : 1;
    for (int i = 1; i < n; i++) {
      count += units[i] != units[i - 1] ? 1 : 0;
    }
    return count;
  }

  /**
   * A warp's access to shared memory: a bank gives one word of 4 bytes at a time. Accesses of 8
   * bytes go by half warps, those of 16 by quarters.
   */
  void shared(long[] addresses, int mask, int bytes) {
    sharedRequests++;
    int group = bytes <= 4 ? Warp.LANES : bytes == 8 ? Warp.LANES / 2 : Warp.LANES / 4;
    for (int first = 0; first < Warp.LANES; first += group) {
      sharedWavefronts += wavefronts(addresses, mask, bytes, first, first + group);
    }
  }

  private int wavefronts(long[] addresses, int mask, int bytes, int from, int to) {
    int n = 0;
    for (int lane = from; lane < to; lane++) {
      if ((mask >>> lane & 1) != 0) {
        for (int part = 0; part < Math.max(1, bytes / 4); part++) {
          units[n++] = addresses[lane] / 4 + part;
        }
      }
    }
    int[] words = new int[BANKS];
    int most = 0;
    int distinct = 0;
    Arrays.sort(units, 0, n);
    for (int i = 0; i < n; i++) {
      if (i == 0 || units[i] != units[i - 1]) {
        distinct++;
        most = Math.max(most, ++words[(int) (units[i] % BANKS)]);
      }
    }
    bankConflicts += most - (distinct + BANKS - 1) / BANKS;
    return most;
  }

  /** Instructions that warps have issued. */
  public long warpInstructions() {
    return Arrays.stream(warpInstructions).sum();
  }

  /** The same of one class: integer, float, conversion, memory, control, warp or matrix. */
  public long warpInstructions(String category) {
    return warpInstructions[Op.Category.valueOf(category.toUpperCase(Locale.ROOT)).index];
  }

  /** Instructions times the threads that took part in them. */
  public long threadInstructions() {
    return threadInstructions;
  }

  /** Instructions that some lane of a warp did not take part in. */
  public long divergentInstructions() {
    return divergentInstructions;
  }

  /** Warps' loads, stores and atomics in global memory. */
  public long globalRequests() {
    return globalRequests;
  }

  /** Sectors of 32 bytes that those touched; 4 a request is what 4-byte accesses can reach. */
  public long globalSectors() {
    return globalSectors;
  }

  /** Warps' accesses to shared memory. */
  public long sharedRequests() {
    return sharedRequests;
  }

  /** Rounds that shared memory needed for them. */
  public long sharedWavefronts() {
    return sharedWavefronts;
  }

  /** Rounds more than so many words need where each bank has its share of them. */
  public long bankConflicts() {
    return bankConflicts;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Op.Category category : Op.Category.values()) {
      text.append(
          "%s %d, "
              .formatted(
                  category.name().toLowerCase(Locale.ROOT), warpInstructions[category.index]));
    }
    return text
        + "global %d requests in %d sectors, shared %d requests in %d wavefronts, %d of conflicts"
            .formatted(
                globalRequests, globalSectors, sharedRequests, sharedWavefronts, bankConflicts);
  }
}
