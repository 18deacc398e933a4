package dev.weft.nn.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * Learns merges from words: the pair of neighbouring symbols that occurs most often becomes a
 * symbol, again and again (Sennrich et al., arXiv 1508.07909). Of equally frequent pairs the one
 * that sorts first is taken, so that the same words give the same merges in any order.
 */
final class PairLearner {
  /** A learned merge, spelled out. */
  record Merge(String left, String right, String result) {}

  private record Candidate(long count, long pair) {}

  private static final class PairUse {
    private long count;
    private final Set<Integer> words = new HashSet<>();
  }

  private final BinaryOperator<String> join;
  private final List<String> symbols = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<int[]> words = new ArrayList<>();
  private final List<Long> wordCounts = new ArrayList<>();
  private final Map<Long, PairUse> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> candidates =
      new PriorityQueue<>(
          Comparator.comparingLong((Candidate candidate) -> -candidate.count())
              .thenComparing(candidate -> symbols.get(left(candidate.pair())))
              .thenComparing(candidate -> symbols.get(right(candidate.pair()))));

  /** A learner that spells a merged pair with {@code join}. */
  PairLearner(BinaryOperator<String> join) {
    this.join = join;
  }

  /** Adds a word that occurs {@code count} times. */
  void add(List<String> word, long count) {
    int index = words.size();
    words.add(word.stream().mapToInt(this::symbol).toArray());
    wordCounts.add(count);
    countPairs(index, 1);
  }

  /** The next merge, or null where no pair occurs at least {@code minCount} times. */
  Merge next(long minCount) {
    for (Candidate best = candidates.poll(); best != null; best = candidates.poll()) {
      long count = pairs.get(best.pair()).count;
      if (count == best.count() && count >= minCount) {
        return merge(best.pair());
      }
      // Counts fall without notice to the queue; an entry is put right when it comes up.
      if (count < best.count() && count >= minCount) {
        candidates.add(new Candidate(count, best.pair()));
      }
    }
    return null;
  }

  private Merge merge(long pair) {
    String left = symbols.get(left(pair));
    String right = symbols.get(right(pair));
    String result = join.apply(left, right);
    int merged = symbol(result);
    for (int word : List.copyOf(pairs.get(pair).words)) {
      countPairs(word, -1);
      words.set(word, replaced(words.get(word), pair, merged));
      countPairs(word, 1);
    }
    return new Merge(left, right, result);
  }

  /** The word with every occurrence of the pair, from left to right, merged. */
  private static int[] replaced(int[] word, long pair, int merged) {
    int[] result = new int[word.length];
    int length = 0;
    for (int i = 0; i < word.length; i++) {
      boolean found = i + 1 < word.length && pair(word[i], word[i + 1]) == pair;
      result[length++] = found ? merged : word[i];
      i += found ? 1 : 0;
    }
    return Arrays.copyOf(result, length);
  }

  private void countPairs(int index, int sign) {
    int[] word = words.get(index);
    for (int i = 0; i + 1 < word.length; i++) {
      long pair = pair(word[i], word[i + 1]);
      PairUse use = pairs.computeIfAbsent(pair, key -> new PairUse());
      use.count += sign * wordCounts.get(index);
      if (sign > 0) {
        use.words.add(index);
        candidates.add(new Candidate(use.count, pair));
      } else {
        use.words.remove(index);
      }
    }
  }

  private int symbol(String text) {
    Integer id = ids.putIfAbsent(text, symbols.size());
    if (id == null) {
      symbols.add(text);
      return symbols.size() - 1;
    }
    return id;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private static int left(long pair) {
    return (int) (pair >>> 32);
  }

  private static int right(long pair) {
    return (int) pair;
  }
}
