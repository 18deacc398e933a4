package dev.weft.nn.text;

import java.util.Arrays;

/**
 * Byte-pair encoding of one word: the pair of neighbours with the lowest rank becomes one symbol,
 * again and again, until no neighbours can be merged (Sennrich et al., arXiv 1508.07909).
 */
final class BpeMerges {
  /** Up to here looking at all pairs again after each merge beats keeping a queue of them. */
  private static final int SHORT = 40;

  private static final int NONE = Integer.MAX_VALUE;

  // Open addressing: the pair of ids in one, its rank, what it becomes.
  private long[] keys;
  private int[] ranks;
  private int[] results;
  private int size;

  BpeMerges(int expected) {
    allocate(Integer.highestOneBit(Math.max(8, 2 * expected)) << 1);
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    ranks = new int[capacity];
    results = new int[capacity];
    Arrays.fill(keys, -1);
  }

  /** Adds the merge of the next rank; one that is already there gets this rank, as in Python. */
  void add(int left, int right, int result) {
    if (2 * (size + 1) > keys.length) {
      rehash();
    }
    int slot = slot(key(left, right));
    keys[slot] = key(left, right);
    ranks[slot] = size++;
    results[slot] = result;
  }

  private void rehash() {
    long[] oldKeys = keys;
    int[] oldRanks = ranks;
    int[] oldResults = results;
    allocate(2 * oldKeys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] >= 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        ranks[slot] = oldRanks[i];
        results[slot] = oldResults[i];
      }
    }
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /** Where a pair is, or where it would be put. */
  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (keys[slot] >= 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int rank(int left, int right) {
    int slot = slot(key(left, right));
    return keys[slot] < 0 ? NONE : ranks[slot];
  }

  /** Merges a word's symbols, ids from 0 on, as far as possible. */
  int[] apply(int[] symbols) {
    return symbols.length <= SHORT ? applyShort(symbols.clone()) : applyLong(symbols.clone());
  }

  private int[] applyShort(int[] symbol) {
    int length = symbol.length;
    int[] pairRanks = new int[length];
    for (int i = 0; i + 1 < length; i++) {
      pairRanks[i] = rank(symbol[i], symbol[i + 1]);
    }
    while (length > 1) {
      int best = 0;
      for (int i = 1; i < length - 1; i++) {
        if (pairRanks[i] < pairRanks[best]) {
          best = i;
        }
      }
      if (pairRanks[best] == NONE) {
        break;
      }
      symbol[best] = results[slot(key(symbol[best], symbol[best + 1]))];
      System.arraycopy(symbol, best + 2, symbol, best + 1, length - best - 2);
      System.arraycopy(pairRanks, best + 1, pairRanks, best, length - best - 1);
      length--;
      if (best > 0) {
        pairRanks[best - 1] = rank(symbol[best - 1], symbol[best]);
      }
      if (best + 1 < length) {
        pairRanks[best] = rank(symbol[best], symbol[best + 1]);
      }
    }
    return length == symbol.length ? symbol : Arrays.copyOf(symbol, length);
  }

  /**
   * A queue of pairs over a linked list, O(n log n), since a text may hold a "word" of any length.
   * The leftmost of the lowest rank goes first; a pair whose symbols have changed since is skipped.
   */
  private int[] applyLong(int[] symbol) {
    int[] next = new int[symbol.length];
    int[] previous = new int[symbol.length];
    LongHeap queue = new LongHeap(symbol.length);
    for (int i = 0; i < symbol.length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      offer(queue, symbol, i, i + 1);
    }
    while (!queue.isEmpty()) {
      long best = queue.poll();
      int left = (int) best;
      int right = symbol[left] < 0 ? symbol.length : next[left];
      if (right == symbol.length || rank(symbol[left], symbol[right]) != (int) (best >>> 32)) {
        continue;
      }
      symbol[left] = results[slot(key(symbol[left], symbol[right]))];
      symbol[right] = -1;
      next[left] = next[right];
      if (next[left] < symbol.length) {
        previous[next[left]] = left;
      }
      offer(queue, symbol, previous[left], left);
      offer(queue, symbol, left, next[left]);
    }
    return remaining(symbol);
  }

  private void offer(LongHeap queue, int[] symbol, int left, int right) {
    if (left < 0 || right >= symbol.length) {
      return;
    }
    int rank = rank(symbol[left], symbol[right]);
    if (rank != NONE) {
      queue.add((long) rank << 32 | left);
    }
  }

  private static int[] remaining(int[] symbol) {
    IntList left = new IntList();
    for (int id : symbol) {
      if (id >= 0) {
        left.add(id);
      }
    }
    return left.toArray();
  }
}
