package dev.weft.mp4sr.eval;

import java.util.List;
import java.util.Map;

/**
 * What an evaluation found. Per-case arrays are in the order of the cases.
 *
 * @param model name of the recommender
 * @param overall all cases
 * @param warm cases whose target training saw often enough
 * @param cold the others; see {@link EvalOptions#coldThreshold}
 * @param byPopularity cases by how often training saw their target, rarest first
 * @param users the cases' users
 * @param targets the cases' targets
 * @param ranks the targets' ranks, from 1: what every metric is computed from
 */
public record EvalResult(
    String model,
    Group overall,
    Group warm,
    Group cold,
    List<Group> byPopularity,
    int[] users,
    int[] targets,
    int[] ranks) {

  /**
   * Metrics over some of the cases.
   *
   * @param name which
   * @param cases how many
   * @param metrics means by name, such as {@code Recall@20}; empty if there are no cases
   */
  public record Group(String name, int cases, Map<String, Double> metrics) {
    /** One mean by name, such as {@code NDCG@10}; NaN if there are no cases. */
    public double metric(String metric) {
      if (cases == 0) {
        return Double.NaN;
      }
      Double value = metrics.get(MetricAtK.parse(metric).toString());
      if (value == null) {
        throw new EvalException(
            "metric " + metric + " was not evaluated; evaluated were " + metrics.keySet());
      }
      return value;
    }
  }

  /** What each case earns by a metric such as {@code NDCG@10}, at any cut. */
  public double[] perCase(String metric) {
    return MetricAtK.parse(metric).perCase(ranks);
  }
}
