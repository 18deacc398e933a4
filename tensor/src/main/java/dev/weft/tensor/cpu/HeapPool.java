package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.MemoryUse;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Arrays that scopes gave back, to be handed out again.
 *
 * <p>Batches vary in shape, and the pool must not grow with every new one. Capacities are rounded
 * up to a quarter of a power of two; where none of that capacity lies about, a larger one serves,
 * up to half as large again; where that is missing too, the new array takes the place of one that
 * is as much too small; and what no one has asked for during {@value #PATIENCE} loans goes to the
 * garbage collector. A step that repeats itself finds all it needs from the second time on.
 */
public final class HeapPool {
  /** Loans that an array may lie idle through; more than a step of any model makes. */
  static final int PATIENCE = 1 << 16;

  /** Loans between two searches for arrays that have lain idle too long. */
  static final int ROUND = 1 << 12;

  /** Elements from which on a larger array may serve: small ones are cheap to have exactly. */
  private static final int SUBSTITUTED_FROM = 1 << 6;

  /** An array and the number of the loan after which it came back. */
  private record Idle(Object array, long since) {}

  private final Map<DType, NavigableMap<Integer, ArrayDeque<Idle>>> free =
      new EnumMap<>(DType.class);
  private long freshAllocations;
  private long reusedAllocations;
  private long loanedBytes;
  private long pooledBytes;

  HeapPool() {
    for (DType dtype : DType.values()) {
      free.put(dtype, new TreeMap<>());
    }
  }

  synchronized HeapStorage take(DType dtype, int length) {
    if ((freshAllocations + reusedAllocations) % ROUND == ROUND - 1) {
      dropIdle();
    }
    int capacity = capacityFor(length);
    Object array = idle(dtype, capacity);
    if (array == null) {
      dropSmaller(dtype, capacity);
      array = fresh(dtype, capacity);
      freshAllocations++;
    } else {
      reusedAllocations++;
      pooledBytes -= bytes(dtype, array);
    }
    loanedBytes += bytes(dtype, array);
    return HeapStorage.pooled(dtype, array, length, this);
  }

  /** The array that came back last of those that fit best; null if none fits. */
  private Object idle(DType dtype, int capacity) {
    long most = capacity < SUBSTITUTED_FROM ? capacity : capacity + capacity / 2L;
    for (Map.Entry<Integer, ArrayDeque<Idle>> entry :
        free.get(dtype).tailMap(capacity, true).entrySet()) {
      if (entry.getKey() > most) {
        return null;
      }
      Idle found = entry.getValue().pollLast();
      if (found != null) {
        return found.array;
      }
    }
    return null;
  }

  /** Lets go of one array that the one now to be made can stand in for from now on. */
  private void dropSmaller(DType dtype, int capacity) {
    if (capacity < SUBSTITUTED_FROM) {
      return;
    }
    for (ArrayDeque<Idle> candidates :
        free.get(dtype)
            .subMap(capacity - capacity / 3, true, capacity, false)
            .descendingMap()
            .values()) {
      Idle found = candidates.pollFirst();
      if (found != null) {
        pooledBytes -= bytes(dtype, found.array);
        return;
      }
    }
  }

  /** Lets go of what has been idle for too long. */
  private void dropIdle() {
    long limit = freshAllocations + reusedAllocations - PATIENCE;
    free.forEach(
        (dtype, capacities) ->
            capacities.values().removeIf(idle -> dropBefore(limit, dtype, idle)));
  }

  /** Oldest first, since the last to come back is the first to go out; true if none is left. */
  private boolean dropBefore(long limit, DType dtype, ArrayDeque<Idle> idle) {
    Iterator<Idle> oldest = idle.iterator();
    while (oldest.hasNext()) {
      Idle next = oldest.next();
      if (next.since >= limit) {
        break;
      }
      pooledBytes -= bytes(dtype, next.array);
      oldest.remove();
    }
    return idle.isEmpty();
  }

  /** A new array; what lies about in the pool is given up first where memory is short. */
  private Object fresh(DType dtype, int capacity) {
    try {
      return HeapStorage.newArray(dtype, capacity);
    } catch (OutOfMemoryError e) {
      if (pooledBytes == 0) {
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
    loanedBytes -= bytes(dtype, array);
  }

  synchronized void giveBack(DType dtype, Object array) {
    long loans = freshAllocations + reusedAllocations;
    free.get(dtype)
        .computeIfAbsent(Array.getLength(array), _ -> new ArrayDeque<>())
        .addLast(new Idle(array, loans));
    loanedBytes -= bytes(dtype, array);
    pooledBytes += bytes(dtype, array);
  }

  private static long bytes(DType dtype, Object array) {
    return (long) Array.getLength(array) * dtype.byteSize();
  }

  /** The counters now. */
  public synchronized MemoryUse use() {
    return new MemoryUse(freshAllocations, reusedAllocations, loanedBytes, pooledBytes);
  }

  /** Lets the garbage collector have every array that is not on loan. */
  public synchronized void clear() {
    free.values().forEach(Map::clear);
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
