package dev.weft.nn.text;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding of one word: the pair of neighbours with the lowest rank becomes one symbol,
 * again and again, until no neighbours can be merged (Sennrich et al., arXiv 1508.07909).
 */
final class BpeMerges {
  private record Merge(int rank, int result) {}

  /** Two neighbours that may be merged; the leftmost of the lowest rank goes first. */
  private record Candidate(int rank, int left, int right, int result)
      implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      int byRank = Integer.compare(rank, other.rank);
      return byRank != 0 ? byRank : Integer.compare(left, other.left);
    }
  }

  private final Map<Long, Merge> merges = new HashMap<>();

  /** Adds the merge of the next rank; one that is already there keeps its rank. */
  void add(int left, int right, int result) {
    merges.putIfAbsent(key(left, right), new Merge(merges.size(), result));
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /**
   * Merges a word's symbols as far as possible. A queue of candidates over a linked list, since a
   * text may hold a "word" of any length.
   */
  int[] apply(int[] symbols) {
    int[] symbol = symbols.clone();
    int[] next = new int[symbol.length];
    int[] previous = new int[symbol.length];
    PriorityQueue<Candidate> candidates = new PriorityQueue<>();
    for (int i = 0; i < symbol.length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      offer(candidates, symbol, i, i + 1);
    }
    for (Candidate best = candidates.poll(); best != null; best = candidates.poll()) {
      if (!isCurrent(best, symbol, next)) {
        continue;
      }
      symbol[best.left] = best.result;
      symbol[best.right] = -1;
      next[best.left] = next[best.right];
      if (next[best.left] < symbol.length) {
        previous[next[best.left]] = best.left;
      }
      offer(candidates, symbol, previous[best.left], best.left);
      offer(candidates, symbol, best.left, next[best.left]);
    }
    return remaining(symbol);
  }

  private void offer(PriorityQueue<Candidate> candidates, int[] symbol, int left, int right) {
    if (left < 0 || right >= symbol.length) {
      return;
    }
    Merge merge = merges.get(key(symbol[left], symbol[right]));
    if (merge != null) {
      candidates.add(new Candidate(merge.rank, left, right, merge.result));
    }
  }

  /** Whether both symbols are still neighbours and still what they were. */
  private boolean isCurrent(Candidate candidate, int[] symbol, int[] next) {
    if (symbol[candidate.left] < 0 || next[candidate.left] != candidate.right) {
      return false;
    }
    Merge merge = merges.get(key(symbol[candidate.left], symbol[candidate.right]));
    return merge != null && merge.rank == candidate.rank;
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
