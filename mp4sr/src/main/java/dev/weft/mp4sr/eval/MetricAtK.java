package dev.weft.mp4sr.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A metric with its cut, such as {@code Recall@20}.
 *
 * @param metric what is counted
 * @param k length of the list
 */
public record MetricAtK(Metric metric, int k) {
  /** Checks the cut. */
  public MetricAtK {
    if (k < 1) {
      throw new EvalException(metric.label() + "@" + k + ": the cut must be 1 or more");
    }
  }

  /** Reads a name such as {@code Recall@20} or {@code ndcg@10}; {@code HitRate} is Recall. */
  public static MetricAtK parse(String name) {
    String[] parts = name.split("@", -1);
    String label = parts[0].toLowerCase(Locale.ROOT);
    label = label.equals("hitrate") || label.equals("hr") ? "recall" : label;
    for (Metric metric : Metric.values()) {
      if (parts.length == 2
          && metric.label().toLowerCase(Locale.ROOT).equals(label)
          && parts[1].matches("[1-9][0-9]{0,8}")) {
        return new MetricAtK(metric, Integer.parseInt(parts[1]));
      }
    }
    throw new EvalException(
        "metric \"" + name + "\" is unknown; give Recall@K, NDCG@K or MRR@K with K from 1");
  }

  /** Every metric at every cut: all of Recall, then NDCG, then MRR. */
  public static List<MetricAtK> all(List<Integer> ks) {
    List<MetricAtK> all = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      for (int k : ks) {
        all.add(new MetricAtK(metric, k));
      }
    }
    return all;
  }

  /** What one case earns. */
  public double of(int rank) {
    return metric.of(rank, k);
  }

  /** What each case earns, in the order of the ranks. */
  public double[] perCase(int[] ranks) {
    return Arrays.stream(ranks).mapToDouble(this::of).toArray();
  }

  /** The mean over cases; NaN where there are none. */
  public double mean(int[] ranks) {
    return Arrays.stream(ranks).mapToDouble(this::of).average().orElse(Double.NaN);
  }

  /** The means of several metrics by name; empty where there are no cases. */
  static Map<String, Double> means(List<MetricAtK> metrics, int[] ranks) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (MetricAtK metric : ranks.length == 0 ? List.<MetricAtK>of() : metrics) {
      means.put(metric.toString(), metric.mean(ranks));
    }
    return means;
  }

  @Override
  public String toString() {
    return metric.label() + "@" + k;
  }
}
