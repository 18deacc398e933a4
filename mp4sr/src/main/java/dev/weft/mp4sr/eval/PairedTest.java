package dev.weft.mp4sr.eval;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.TTest;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/**
 * Whether two models differ on the same cases, by what each case earns under both.
 *
 * @param metric what was compared
 * @param cases number of pairs
 * @param meanA mean of the first model
 * @param meanB mean of the second
 * @param tTestP two-sided p of the paired t-test
 * @param wilcoxonP two-sided p of Wilcoxon's signed rank test
 */
public record PairedTest(
    String metric, int cases, double meanA, double meanB, double tTestP, double wilcoxonP) {

  /**
   * Compares two evaluations of the same cases.
   *
   * @throws EvalException when the cases differ, or are fewer than 2
   */
  public static PairedTest compare(EvalResult a, EvalResult b, String metric) {
    if (!Arrays.equals(a.users(), b.users()) || !Arrays.equals(a.targets(), b.targets())) {
      throw new EvalException(
          "paired test: "
              + a.model()
              + " and "
              + b.model()
              + " were evaluated on different cases; evaluate both on the same");
    }
    return of(metric, a.perCase(metric), b.perCase(metric));
  }

  /** Compares two samples, pair by pair. */
  public static PairedTest of(String metric, double[] a, double[] b) {
    if (a.length != b.length || a.length < 2) {
      throw new EvalException(
          "paired test: needs 2 pairs or more, got samples of " + a.length + " and " + b.length);
    }
    return new PairedTest(
        metric, a.length, StatUtils.mean(a), StatUtils.mean(b), tTest(a, b), wilcoxon(a, b));
  }

  /** Mean of the second model less that of the first. */
  public double difference() {
    return meanB - meanA;
  }

  private static double tTest(double[] a, double[] b) {
    double[] differences = differences(a, b);
    if (Arrays.stream(differences).allMatch(d -> d == differences[0])) {
      return differences[0] == 0 ? 1 : 0; // no spread: t is 0/0 or infinite
    }
    return new TTest().pairedTTest(a, b);
  }

  /**
   * The normal approximation with correction for ties and continuity (Hollander and Wolfe,
   * "Nonparametric Statistical Methods", section 3.1); pairs without a difference are left out, as
   * Wilcoxon did. commons-math's own test keeps them and counts them for one side, which with
   * metrics that are mostly 0 for both models decides the outcome.
   */
  static double wilcoxon(double[] a, double[] b) {
    double[] differences = Arrays.stream(differences(a, b)).filter(d -> d != 0).toArray();
    int n = differences.length;
    if (n == 0) {
      return 1;
    }
    double[] sizes = Arrays.stream(differences).map(Math::abs).toArray();
    double[] ranks = new NaturalRanking().rank(sizes); // equals get their mean rank
    double positive = 0;
    for (int i = 0; i < n; i++) {
      positive += differences[i] > 0 ? ranks[i] : 0;
    }
    double mean = n * (n + 1.0) / 4;
    double variance = n * (n + 1.0) * (2.0 * n + 1) / 24 - tieTerm(sizes) / 48;
    double z = Math.max(Math.abs(positive - mean) - 0.5, 0) / Math.sqrt(variance);
    return 2 * new NormalDistribution().cumulativeProbability(-z);
  }

  /** Σ (t³ - t) over the groups of t equal sizes. */
  private static double tieTerm(double[] sizes) {
    double[] sorted = sizes.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (int from = 0, to; from < sorted.length; from = to) {
      to = from + 1;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      double t = to - from;
      sum += t * t * t - t;
    }
    return sum;
  }

  private static double[] differences(double[] a, double[] b) {
    double[] differences = new double[a.length];
    Arrays.setAll(differences, i -> b[i] - a[i]);
    return differences;
  }
}
