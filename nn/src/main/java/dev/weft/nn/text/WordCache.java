package dev.weft.nn.text;

import java.util.Arrays;

/**
 * Remembers the ids of words seen lately: texts repeat their words, and splitting them is slow. Of
 * bounded size; a new word takes the place of an older one with a like hash. Threads share it
 * without locks: an entry never changes, and a lost one is only made again.
 */
final class WordCache {
  private static final int SLOTS = 1 << 16;

  private record Entry(char[] word, int hash, int[] ids) {
    boolean is(char[] text, int from, int to, int otherHash) {
      return hash == otherHash && Arrays.equals(word, 0, word.length, text, from, to);
    }
  }

  private final Entry[] entries = new Entry[SLOTS];

  /** The hash of nothing, which {@link #hash(int, char)} goes on from. */
  static final int EMPTY = 0;

  /** The hash of a word with one more character. */
  static int hash(int hash, char c) {
    return 31 * hash + c;
  }

  static int hash(char[] text, int from, int to) {
    int hash = EMPTY;
    for (int i = from; i < to; i++) {
      hash = hash(hash, text[i]);
    }
    return hash;
  }

  /** The ids of a word, which the caller must not change; null if it is not known. */
  int[] get(char[] text, int from, int to, int hash) {
    int slot = slot(hash);
    Entry entry = entries[slot];
    if (entry != null && entry.is(text, from, to, hash)) {
      return entry.ids;
    }
    Entry second = entries[slot ^ 1];
    return second != null && second.is(text, from, to, hash) ? second.ids : null;
  }

  void put(char[] text, int from, int to, int hash, int[] ids) {
    int slot = slot(hash);
    Entry older = entries[slot];
    entries[slot] = new Entry(Arrays.copyOfRange(text, from, to), hash, ids);
    if (older != null) {
      entries[slot ^ 1] = older;
    }
  }

  private static int slot(int hash) {
    int mixed = hash * 0x9E3779B1;
    return mixed >>> 16;
  }
}
