package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.eval.Holm;
import dev.weft.mp4sr.eval.PairedTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which models differ from one of them: paired tests over the cases, each case's figure the mean
 * over the seeds, corrected for all comparisons made at once (Holm).
 */
public final class Significance {
  private static final List<String> GROUPS = List.of("overall", "warm", "cold");

  private Significance() {}

  /**
   * One comparison.
   *
   * @param group overall, warm or cold
   * @param model which is compared with the reference
   * @param test the reference first, the model second
   * @param tTestHolm p of the t-test, adjusted for all findings of the call
   * @param wilcoxonHolm p of Wilcoxon's test, adjusted likewise
   */
  public record Finding(
      String group, String model, PairedTest test, double tTestHolm, double wilcoxonHolm) {}

  /**
   * Every other model against the reference, in every group of two cases or more, by every metric.
   *
   * @param trainingCounts how often training saw each item: tells cold cases from warm
   */
  public static List<Finding> against(
      ComparisonResult result,
      String reference,
      List<String> metrics,
      int[] trainingCounts,
      EvalOptions options) {
    Row first = result.row(reference);
    int[] targets = first.seeds().getFirst().evaluation().targets();
    List<Finding> raw = new ArrayList<>();
    for (String group : GROUPS) {
      int[] cases =
          IntStream.range(0, targets.length)
              .filter(member(group, i -> options.isCold(trainingCounts[targets[i]])))
              .toArray();
      for (Row row : cases.length < 2 ? List.<Row>of() : result.rows()) {
        if (!row.name().equals(reference)) {
          metrics.forEach(metric -> raw.add(finding(group, first, row, metric, cases)));
        }
      }
    }
    return adjusted(raw);
  }

  private static IntPredicate member(String group, IntPredicate cold) {
    return switch (group) {
      case "warm" -> cold.negate();
      case "cold" -> cold;
      default -> i -> true;
    };
  }

  private static Finding finding(String group, Row first, Row row, String metric, int[] cases) {
    PairedTest test =
        PairedTest.of(
            metric, chosen(first.perCase(metric), cases), chosen(row.perCase(metric), cases));
    return new Finding(group, row.name(), test, test.tTestP(), test.wilcoxonP());
  }

  private static double[] chosen(double[] values, int[] cases) {
    return Arrays.stream(cases).mapToDouble(i -> values[i]).toArray();
  }

  private static List<Finding> adjusted(List<Finding> raw) {
    double[] tTests = Holm.adjust(raw.stream().mapToDouble(Finding::tTestHolm).toArray());
    double[] ranks = Holm.adjust(raw.stream().mapToDouble(Finding::wilcoxonHolm).toArray());
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < tTests.length; i++) {
      Finding one = raw.get(i);
      findings.add(new Finding(one.group(), one.model(), one.test(), tTests[i], ranks[i]));
    }
    return findings;
  }
}
