package dev.weft.mp4sr.eval;

import java.util.Arrays;

/**
 * Where items stand in one row of scores {@code [items + 1]}, whose column 0 is the padding item
 * and never counts. One pass over the row, no sorting.
 */
public final class Ranking {
  private Ranking() {}

  /**
   * The target's rank among all items but those of the history, from 1. Ties are broken
   * pessimistically: an item with the target's score stands before it, so that a constant score
   * earns nothing; an item whose score is NaN stands before it too, and a target whose score is NaN
   * comes last.
   *
   * @param row {@code [items + 1]}
   * @param history item numbers that are not ranked; the target is, even if it is among them
   */
  public static int rank(double[] row, int target, int[] history) {
    if (target < 1 || target >= row.length) {
      throw new EvalException(
          "rank: item " + target + " has no score; scored are items 1 to " + (row.length - 1));
    }
    double score = row[target];
    int before = 0;
    for (int item = 1; item < row.length; item++) {
      if (!(row[item] < score)) {
        before++;
      }
    }
    // The target itself was counted: never less than anything, it gives ranks that start at 1.
    int excluded = 0;
    for (int item : Arrays.stream(history).distinct().toArray()) {
      if (item != target && item > 0 && item < row.length && !(row[item] < score)) {
        excluded++;
      }
    }
    return before - excluded;
  }

  /**
   * The {@code k} items with the highest scores, highest first, equals in rising order of number;
   * fewer where fewer are left. Items whose score is NaN or negative infinity are not recommended.
   *
   * @param row {@code [items + 1]}
   * @param excluded item numbers left out, such as the history
   */
  public static int[] top(double[] row, int k, int[] excluded) {
    boolean[] out = new boolean[row.length];
    for (int item : excluded) {
      if (item > 0 && item < out.length) {
        out[item] = true;
      }
    }
    int[] best = new int[Math.max(0, Math.min(k, row.length - 1))];
    int found = 0;
    for (int item = 1; item < row.length && best.length > 0; item++) {
      boolean enters = found < best.length || row[item] > row[best[found - 1]];
      if (!out[item] && enters && row[item] > Double.NEGATIVE_INFINITY) {
        found = Math.min(found + 1, best.length);
        insert(row, best, found - 1, item);
      }
    }
    return Arrays.copyOf(best, found);
  }

  /** Moves lower scores down from {@code at}, dropping what stood there, and puts the item in. */
  private static void insert(double[] row, int[] best, int at, int item) {
    int place = at;
    while (place > 0 && row[best[place - 1]] < row[item]) {
      best[place] = best[place - 1];
      place--;
    }
    best[place] = item;
  }
}
