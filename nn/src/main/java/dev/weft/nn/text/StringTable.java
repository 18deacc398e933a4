package dev.weft.nn.text;

import java.util.Map;

/** Strings and their ids, looked up by a range of characters without making a string of it. */
final class StringTable {
  private final String[] keys;
  private final int[] hashes;
  private final int[] ids;
  private final int mask;
  private final int longest;

  StringTable(Map<String, Integer> entries) {
    int capacity = Integer.highestOneBit(Math.max(8, entries.size() * 3)) << 1;
    keys = new String[capacity];
    hashes = new int[capacity];
    ids = new int[capacity];
    mask = capacity - 1;
    int most = 0;
    for (Map.Entry<String, Integer> entry : entries.entrySet()) {
      String key = entry.getKey();
      most = Math.max(most, key.length());
      int hash = 0;
      for (int i = 0; i < key.length(); i++) {
        hash = next(hash, key.charAt(i));
      }
      int slot = slot(hash);
      while (keys[slot] != null) {
        slot = (slot + 1) & mask;
      }
      keys[slot] = key;
      hashes[slot] = hash;
      ids[slot] = entry.getValue();
    }
    longest = most;
  }

  private static int next(int hash, char c) {
    return (hash ^ c) * 0x01000193;
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 15)) & mask;
  }

  /** Length of the longest string. */
  int longest() {
    return longest;
  }

  /**
   * The longest string of the table that a text begins with.
   *
   * @param scratch as long as the longest string, to be written into
   * @return its id and its length in one: {@code id << 32 | length}; −1 if there is none
   */
  long longestPrefix(char[] text, int from, int to, int[] scratch) {
    int most = Math.min(longest, to - from);
    int hash = 0;
    for (int i = 0; i < most; i++) {
      hash = next(hash, text[from + i]);
      scratch[i] = hash;
    }
    for (int length = most; length > 0; length--) {
      int id = find(text, from, length, scratch[length - 1]);
      if (id >= 0) {
        return (long) id << 32 | length;
      }
    }
    return -1;
  }

  private int find(char[] text, int from, int length, int hash) {
    for (int slot = slot(hash); keys[slot] != null; slot = (slot + 1) & mask) {
      if (hashes[slot] == hash && matches(keys[slot], text, from, length)) {
        return ids[slot];
      }
    }
    return -1;
  }

  private static boolean matches(String key, char[] text, int from, int length) {
    if (key.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (key.charAt(i) != text[from + i]) {
        return false;
      }
    }
    return true;
  }
}
