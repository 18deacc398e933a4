package dev.weft.mp4sr.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankingTest {
  private static final double NONE = Double.NEGATIVE_INFINITY;
  private static final int[] NO_HISTORY = {};

  @Test
  void handWorked() {
    double[] row = {NONE, 0.1, 0.9, 0.5, 0.5, 0.3};
    assertEquals(1, Ranking.rank(row, 2, NO_HISTORY));
    assertEquals(3, Ranking.rank(row, 3, NO_HISTORY)); // 0.9, and 0.5 of item 4, stand before it
    assertEquals(3, Ranking.rank(row, 4, NO_HISTORY));
    assertEquals(4, Ranking.rank(row, 5, NO_HISTORY));
    assertEquals(2, Ranking.rank(row, 4, new int[] {2, 2, 5})); // 2 counts once, 5 stood behind
    assertEquals(1, Ranking.rank(row, 4, new int[] {2, 3, 4})); // the target stays
  }

  @Test
  void aConstantScoreEarnsNothing() {
    double[] row = {NONE, 7, 7, 7, 7};
    for (int target = 1; target <= 4; target++) {
      assertEquals(4, Ranking.rank(row, target, NO_HISTORY));
    }
  }

  @Test
  void nanCountsAgainstUs() {
    double[] row = {NONE, Double.NaN, 2, 1, Double.NaN};
    assertEquals(3, Ranking.rank(row, 2, NO_HISTORY));
    assertEquals(2, Ranking.rank(row, 2, new int[] {1}));
    assertEquals(4, Ranking.rank(row, 1, NO_HISTORY));
    assertEquals(3, Ranking.rank(row, 1, new int[] {4}));
  }

  @Test
  void paddingNeverCounts() {
    double[] row = {100, 1, 2};
    assertEquals(1, Ranking.rank(row, 2, new int[] {0}));
    assertArrayEquals(new int[] {2, 1}, Ranking.top(row, 5, NO_HISTORY));
  }

  @Test
  void unknownTargetIsNamed() {
    EvalException error =
        assertThrows(
            EvalException.class, () -> Ranking.rank(new double[] {NONE, 1}, 2, NO_HISTORY));
    assertEquals("rank: item 2 has no score; scored are items 1 to 1", error.getMessage());
  }

  @Test
  void topHandWorked() {
    double[] row = {NONE, 0.5, Double.NaN, 0.9, 0.5, NONE, 0.7};
    assertArrayEquals(new int[] {3, 6, 1, 4}, Ranking.top(row, 10, NO_HISTORY));
    assertArrayEquals(new int[] {6, 1}, Ranking.top(row, 2, new int[] {3, 99}));
    assertArrayEquals(NO_HISTORY, Ranking.top(row, 0, NO_HISTORY));
  }

  /** Against sorting, with scores of few values so that ties are many. */
  @Test
  void agreesWithSorting() {
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      double[] row = random.doubles(2 + random.nextInt(30)).map(u -> Math.rint(u * 6)).toArray();
      int[] history = random.ints(random.nextInt(8), 1, row.length).toArray();
      int target = 1 + random.nextInt(row.length - 1);
      List<Integer> ranked = candidates(row, history, target);
      // Equals in falling order of "is the target", so that it comes last among them.
      ranked.sort(
          Comparator.<Integer>comparingDouble(item -> -row[item])
              .thenComparing(item -> item == target));
      assertEquals(ranked.indexOf(target) + 1, Ranking.rank(row, target, history));

      List<Integer> best = candidates(row, history, -1);
      best.sort(Comparator.<Integer>comparingDouble(item -> -row[item]).thenComparing(i -> i));
      int k = 1 + random.nextInt(10);
      int[] expected = best.stream().limit(k).mapToInt(Integer::intValue).toArray();
      assertArrayEquals(expected, Ranking.top(row, k, history));
    }
  }

  private static List<Integer> candidates(double[] row, int[] history, int kept) {
    List<Integer> items = new ArrayList<>();
    for (int item = 1; item < row.length; item++) {
      items.add(item);
    }
    for (int item : history) {
      if (item != kept) {
        items.remove(Integer.valueOf(item));
      }
    }
    return items;
  }
}
