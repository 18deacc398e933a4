package dev.weft.mp4sr.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedTestTest {
  /** Against SciPy 1.17: ttest_rel, and wilcoxon(zero_method=wilcox, correction, asymptotic). */
  @Test
  void agreesWithScipy() {
    double[] a = {0.125, 0.5, 0.25, 0, 1, 0.75, 0.3, 0, 0.6, 0.1};
    double[] b = {0.25, 0.4, 0.5, 0, 1, 0.9, 0.7, 0.2, 0.55, 0.4};
    PairedTest test = PairedTest.of("NDCG@10", a, b);
    assertEquals(0.0357963288534349, test.tTestP(), 1e-12);
    assertEquals(0.04231527490571396, test.wilcoxonP(), 1e-12);
    assertEquals(0.1275, test.difference(), 1e-12);

    double[] hitsA = {0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    double[] hitsB = {1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0};
    PairedTest hits = PairedTest.of("Recall@10", hitsA, hitsB);
    assertEquals(0.05548712484360717, hits.tTestP(), 1e-12);
    assertEquals(0.07260093944995728, hits.wilcoxonP(), 1e-12);
  }

  /** Against the exact distribution: all 2^12 ways to give the ranks signs. */
  @Test
  void approximatesTheExactSignedRankTest() {
    Random random = new Random(9);
    for (int round = 0; round < 20; round++) {
      double[] a = new double[12];
      double[] b = random.doubles(12).map(u -> u - 0.35).toArray();
      assertEquals(exact(b), PairedTest.wilcoxon(a, b), 0.02);
    }
  }

  private static double exact(double[] differences) {
    int n = differences.length;
    int[] rank = new int[n];
    double observed = 0;
    for (int i = 0; i < n; i++) {
      for (double other : differences) {
        rank[i] += Math.abs(other) <= Math.abs(differences[i]) ? 1 : 0;
      }
      observed += differences[i] > 0 ? rank[i] : 0;
    }
    double mean = n * (n + 1) / 4.0;
    int asFar = 0;
    for (int signs = 0; signs < 1 << n; signs++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += (signs >> i & 1) * rank[i];
      }
      asFar += Math.abs(sum - mean) >= Math.abs(observed - mean) ? 1 : 0;
    }
    return (double) asFar / (1 << n);
  }

  /** What commons-math's own signed rank test gets wrong: pairs of zeros say nothing. */
  @Test
  void pairsWithoutDifferenceChangeNothing() {
    double[] a = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    double[] b = {0.3, 0.1, 0.6, 0.9, 0.7, 0.65};
    double p = PairedTest.wilcoxon(a, b);
    assertEquals(p, PairedTest.wilcoxon(Arrays.copyOf(a, 500), Arrays.copyOf(b, 500)), 0);
    assertEquals(p, PairedTest.wilcoxon(b, a), 1e-15);
  }

  @Test
  void noDifferenceAtAll() {
    double[] same = {0, 1, 0};
    assertEquals(1, PairedTest.of("x", same, same).tTestP());
    assertEquals(1, PairedTest.of("x", same, same).wilcoxonP());
    assertEquals(0, PairedTest.of("x", new double[] {0, 0}, new double[] {1, 1}).tTestP());
  }

  @Test
  void onlyTheSameCasesAreComparable() {
    EvalResult a = result("a", new int[] {1, 2}, new int[] {4, 9});
    EvalResult b = result("b", new int[] {1, 2}, new int[] {1, 30});
    PairedTest test = PairedTest.compare(a, b, "MRR@10");
    assertEquals((1.0 / 4 + 1.0 / 9) / 2, test.meanA(), 1e-15);
    assertEquals(0.5, test.meanB());
    EvalResult other = result("c", new int[] {1, 3}, new int[] {1, 30});
    EvalException error =
        assertThrows(EvalException.class, () -> PairedTest.compare(a, other, "MRR@10"));
    assertTrue(error.getMessage().contains("a and c"), error.getMessage());
    assertThrows(EvalException.class, () -> PairedTest.of("x", new double[1], new double[1]));
  }

  @Test
  void aggregatesSeeds() {
    Aggregate aggregate = Aggregate.of(1, 3, 6, 6, 2, 4);
    assertEquals(22.0 / 6, aggregate.mean(), 1e-15);
    double m = 22.0 / 6;
    double squares = Math.pow(1 - m, 2) + Math.pow(3 - m, 2) + 2 * Math.pow(6 - m, 2);
    squares += Math.pow(2 - m, 2) + Math.pow(4 - m, 2);
    assertEquals(Math.sqrt(squares / 5), aggregate.sd(), 1e-15);
    assertEquals(new Aggregate(0.25, 0, 1), Aggregate.of(0.25));
    assertEquals("0.2500 ± 0.0000", Aggregate.of(0.25).toString());
    assertThrows(EvalException.class, Aggregate::of);

    List<EvalResult> seeds =
        List.of(
            result("m", new int[] {1}, new int[] {1}), result("m", new int[] {1}, new int[] {9}));
    Map<String, Aggregate> all = Aggregate.of(seeds, EvalResult::overall);
    assertEquals(Aggregate.of(1, 0), all.get("Recall@5"));
  }

  private static EvalResult result(String model, int[] targets, int[] ranks) {
    EvalResult.Group group =
        new EvalResult.Group(
            "overall",
            ranks.length,
            MetricAtK.means(MetricAtK.all(EvalOptions.DEFAULTS.ks()), ranks));
    int[] users = new int[targets.length];
    return new EvalResult(model, group, group, group, List.of(), users, targets, ranks);
  }
}
