package dev.weft.mp4sr.train;

import java.util.LinkedHashMap;
import java.util.Map;

/** Adds up the losses of an epoch, each weighted by its batch's examples, and its time. */
final class EpochSums {
  private final Map<String, Double> sums;
  private long examples;
  private double seconds;

  EpochSums() {
    this(Map.of(), 0, 0);
  }

  EpochSums(Map<String, Double> sums, long examples, double seconds) {
    this.sums = new LinkedHashMap<>(sums);
    this.examples = examples;
    this.seconds = seconds;
  }

  void add(Map<String, Double> losses, int batchSize) {
    losses.forEach((name, loss) -> sums.merge(name, loss * batchSize, Double::sum));
    examples += batchSize;
  }

  /** Adds the time since {@code start}; returns the time now, both as {@code System.nanoTime}. */
  long clock(long start) {
    long now = System.nanoTime();
    seconds += (now - start) / 1e9;
    return now;
  }

  Map<String, Double> sums() {
    return new LinkedHashMap<>(sums);
  }

  Map<String, Double> means() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / examples));
    return means;
  }

  long examples() {
    return examples;
  }

  double seconds() {
    return seconds;
  }
}
