package dev.weft.nn.text;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Remembers the ids of words seen before: texts repeat their words, and splitting them is slow. */
final class WordCache {
  private static final int CAPACITY = 1 << 16;
  private static final int LONGEST = 64;

  private final Map<String, int[]> known = new ConcurrentHashMap<>();

  /** The ids of a word, which the caller must not change. */
  int[] get(String word, Function<String, int[]> split) {
    int[] ids = known.get(word);
    if (ids == null) {
      ids = split.apply(word);
      // Rare and endless words must not fill the memory: the first ones seen are the frequent ones.
      if (word.length() <= LONGEST && known.size() < CAPACITY) {
        known.put(word, ids);
      }
    }
    return ids;
  }
}
