package dev.weft.cuda;

import dev.weft.cuda.CudaMemory.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Blocks that scopes gave back, by size. The rules are those of the processor's pool: sizes are
 * rounded up to a quarter of a power of two; a larger block serves, up to half as large again; a
 * new one takes the place of one as much too small; what nobody has asked for during {@value
 * #PATIENCE} loans is given up. Belongs to whoever holds the lock of its {@link CudaMemory}.
 */
final class BlockPool {
  /** Loans that a block may lie idle through. */
  static final int PATIENCE = 1 << 16;

  /** Loans between two searches for blocks that have lain idle too long. */
  static final int ROUND = 1 << 12;

  /** The device's own alignment: less would not be less. */
  static final int LEAST = 256;

  private record Idle(Block block, long since) {}

  private final NavigableMap<Long, ArrayDeque<Idle>> free = new TreeMap<>();
  private long loans;
  private long bytes;

  /** Bytes of the blocks here. */
  long bytes() {
    return bytes;
  }

  /** The block that came back last of those that fit best; null if none fits. */
  Block take(long capacity) {
    loans++;
    for (Map.Entry<Long, ArrayDeque<Idle>> entry :
        free.subMap(capacity, true, capacity + capacity / 2, true).entrySet()) {
      Idle idle = entry.getValue().pollLast();
      if (idle != null) {
        bytes -= idle.block.bytes();
        return idle.block;
      }
    }
    return null;
  }

  void giveBack(Block block) {
    free.computeIfAbsent(block.bytes(), _ -> new ArrayDeque<>()).addLast(new Idle(block, loans));
    bytes += block.bytes();
  }

  /** Takes out one block that one of this capacity can stand in for from now on. */
  List<Block> dropSmaller(long capacity) {
    for (ArrayDeque<Idle> candidates :
        free.subMap(capacity - capacity / 3, true, capacity, false).descendingMap().values()) {
      Idle idle = candidates.pollFirst();
      if (idle != null) {
        bytes -= idle.block.bytes();
        return List.of(idle.block);
      }
    }
    return List.of();
  }

  /** Takes out, once in a while, what has been idle for too long. */
  List<Block> dropIdle() {
    if (loans % ROUND != 0) {
      return List.of();
    }
    List<Block> dropped = new ArrayList<>();
    for (ArrayDeque<Idle> idle : free.values()) {
      while (!idle.isEmpty() && idle.peekFirst().since < loans - PATIENCE) {
        dropped.add(idle.pollFirst().block);
      }
    }
    free.values().removeIf(ArrayDeque::isEmpty);
    dropped.forEach(block -> bytes -= block.bytes());
    return dropped;
  }

  /** Takes out everything. */
  List<Block> clear() {
    List<Block> all = new ArrayList<>();
    free.values().forEach(idle -> idle.forEach(one -> all.add(one.block)));
    free.clear();
    bytes = 0;
    return all;
  }

  /** The least of 4, 5, 6, 7 times a power of two that is at least this, and at least 256. */
  static long capacityFor(long wanted) {
    if (wanted <= LEAST) {
      return LEAST;
    }
    long step = Long.highestOneBit(wanted - 1) >>> 2;
    return (wanted + step - 1) / step * step;
  }
}
