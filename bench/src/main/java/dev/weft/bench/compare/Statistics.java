package dev.weft.bench.compare;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The times of one engine at one work, in milliseconds.
 *
 * @param median of all runs of all rounds: what the ratios are made of
 * @param min the shortest run
 * @param spread half the distance between the lowest and the highest round's median, as a share of
 *     the median: how far the machine wandered between the rounds
 * @param runs how many runs there were
 * @param roundMedians the median of each round, in order
 */
record Statistics(double median, double min, double spread, int runs, List<Double> roundMedians) {
  private static final double MILLIS = 1e-6;

  /** Of the nanoseconds of the runs of each round. */
  static Statistics of(List<long[]> rounds) {
    long[] all = rounds.stream().flatMapToLong(Arrays::stream).toArray();
    if (all.length == 0) {
      throw new IllegalArgumentException("statistics: no run");
    }
    List<Double> medians =
        rounds.stream().filter(r -> r.length > 0).map(Statistics::median).toList();
    double lowest = medians.stream().mapToDouble(d -> d).min().orElseThrow();
    double highest = medians.stream().mapToDouble(d -> d).max().orElseThrow();
    double median = median(all);
    double min = LongStream.of(all).min().orElseThrow() * MILLIS;
    double spread = median == 0 ? 0 : (highest - lowest) / (2 * median);
    return new Statistics(median, min, spread, all.length, medians);
  }

  private static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    double middle =
        sorted.length % 2 == 1 ? sorted[half] : 0.5 * ((double) sorted[half - 1] + sorted[half]);
    return middle * MILLIS;
  }

  /** The n-th root of the product of n numbers; NaN of none. */
  static double geometricMean(double... values) {
    return Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
  }
}
