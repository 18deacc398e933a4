package dev.weft.mp4sr.data.ingest;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The users' item numbers in one array: user u has {@code lengths[u]} from {@code starts[u]} on.
 */
record Histories(int[] starts, int[] lengths, int[] items) {
  static Histories of(int[][] sequences) {
    int[] starts = new int[sequences.length];
    int[] lengths = new int[sequences.length];
    int total = 0;
    for (int user = 0; user < sequences.length; user++) {
      starts[user] = total;
      lengths[user] = sequences[user].length;
      total += lengths[user];
    }
    int[] items = new int[total];
    for (int user = 0; user < sequences.length; user++) {
      System.arraycopy(sequences[user], 0, items, starts[user], lengths[user]);
    }
    return new Histories(starts, lengths, items);
  }

  int users() {
    return lengths.length;
  }

  int[] of(int user) {
    return Arrays.copyOfRange(items, starts[user], starts[user] + lengths[user]);
  }

  long interactions() {
    long sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum;
  }

  /** Keeps what is asked for, in order; whether that left anything out. */
  boolean retain(int user, IntPredicate keep) {
    int to = starts[user];
    int end = to + lengths[user];
    for (int from = to; from < end; from++) {
      if (keep.test(items[from])) {
        items[to++] = items[from];
      }
    }
    lengths[user] = to - starts[user];
    return to < end;
  }
}
