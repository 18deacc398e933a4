package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Arrays that scopes gave back, to be handed out again. Capacities are rounded up to a quarter of a
 * power of two, so that a last, shorter batch fits what the full ones left.
 */
public final class HeapPool {
  private record Key(DType dtype, int capacity) {}

  private final Map<Key, ArrayDeque<Object>> free = new HashMap<>();
  private long freshAllocations;
  private long reusedAllocations;
  private long loanedBytes;
  private long pooledBytes;

  /**
   * Counters since the start.
   *
   * @param freshAllocations arrays made because none fitted
   * @param reusedAllocations arrays handed out again
   * @param loanedBytes in use by open scopes
   * @param pooledBytes waiting to be used again
   */
  public record Stats(
      long freshAllocations, long reusedAllocations, long loanedBytes, long pooledBytes) {}

  synchronized HeapStorage take(DType dtype, int length) {
    int capacity = capacityFor(length);
    long bytes = (long) capacity * dtype.byteSize();
    ArrayDeque<Object> candidates = free.get(new Key(dtype, capacity));
    Object array = candidates == null ? null : candidates.pollLast();
    if (array == null) {
      array = fresh(dtype, capacity);
      freshAllocations++;
    } else {
      reusedAllocations++;
      pooledBytes -= bytes;
    }
    loanedBytes += bytes;
    return HeapStorage.pooled(dtype, array, length, this);
  }

  /** A new array; what lies about in the pool is given up first where memory is short. */
  private Object fresh(DType dtype, int capacity) {
    try {
      return HeapStorage.newArray(dtype, capacity);
    } catch (OutOfMemoryError e) {
      if (free.isEmpty()) {
        throw e;
      }
      clear();
      return HeapStorage.newArray(dtype, capacity);
    }
  }

  /** Zeroed elements that are not the pool's, for the garbage collector to reclaim. */
  synchronized HeapStorage collected(DType dtype, int length) {
    return HeapStorage.of(dtype, fresh(dtype, length));
  }

  /** An array on loan that will not come back. */
  synchronized void forget(DType dtype, Object array) {
    loanedBytes -= (long) Array.getLength(array) * dtype.byteSize();
  }

  synchronized void giveBack(DType dtype, Object array) {
    int capacity = Array.getLength(array);
    long bytes = (long) capacity * dtype.byteSize();
    free.computeIfAbsent(new Key(dtype, capacity), key -> new ArrayDeque<>()).addLast(array);
    loanedBytes -= bytes;
    pooledBytes += bytes;
  }

  /** The counters now. */
  public synchronized Stats stats() {
    return new Stats(freshAllocations, reusedAllocations, loanedBytes, pooledBytes);
  }

  /** Lets the garbage collector have every array that is not on loan. */
  public synchronized void clear() {
    free.clear();
    pooledBytes = 0;
  }

  /** The least of 4, 5, 6, 7 times a power of two (or a number below 8) that is at least length. */
  static int capacityFor(int length) {
    if (length <= 8) {
      return Math.max(length, 1);
    }
    int step = Integer.highestOneBit(length - 1) >>> 2;
    long rounded = ((long) length + step - 1) / step * step;
    return (int) Math.max(length, Math.min(rounded, Integer.MAX_VALUE - 8L));
  }
}
