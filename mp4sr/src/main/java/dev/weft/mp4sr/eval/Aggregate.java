package dev.weft.mp4sr.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A figure over several seeds.
 *
 * @param mean their mean
 * @param sd standard deviation of the sample (n - 1); 0 for one seed
 * @param seeds how many
 */
public record Aggregate(double mean, double sd, int seeds) {

  /** Mean and standard deviation of some values, at least one. */
  public static Aggregate of(double... values) {
    if (values.length == 0) {
      throw new EvalException("aggregate: no values; run at least one seed");
    }
    SummaryStatistics statistics = new SummaryStatistics();
    for (double value : values) {
      statistics.addValue(value);
    }
    return new Aggregate(statistics.getMean(), statistics.getStandardDeviation(), values.length);
  }

  /**
   * Every metric of one group of cases over several evaluations.
   *
   * @param group which, such as {@code EvalResult::cold}
   */
  public static Map<String, Aggregate> of(
      List<EvalResult> results, Function<EvalResult, EvalResult.Group> group) {
    Map<String, Aggregate> aggregates = new LinkedHashMap<>();
    List<EvalResult.Group> groups = results.stream().map(group).toList();
    for (String metric : groups.getFirst().metrics().keySet()) {
      aggregates.put(metric, of(groups.stream().mapToDouble(g -> g.metric(metric)).toArray()));
    }
    return aggregates;
  }

  /** {@code 0.1234 ± 0.0056}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.4f ± %.4f", mean, sd);
  }
}
