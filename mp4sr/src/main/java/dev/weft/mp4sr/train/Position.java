package dev.weft.mp4sr.train;

import java.util.Map;

/**
 * Where a training is, beside its tensors: stored in every checkpoint.
 *
 * @param epoch that is being made, from 1
 * @param step steps of it that are done
 * @param stepsDone in all epochs
 * @param draws keys that the random source has handed out
 * @param best the best epoch so far; null before the first validation
 * @param sinceBest validations since then
 * @param lossSums of the epoch so far, each loss times its examples
 * @param examples of the epoch so far
 * @param seconds of the epoch so far
 * @param metricsBytes length of {@code metrics.jsonl}
 * @param ended whether no further epoch is to be made
 */
record Position(
    int epoch,
    int step,
    long stepsDone,
    long draws,
    Best best,
    int sinceBest,
    Map<String, Double> lossSums,
    long examples,
    double seconds,
    long metricsBytes,
    boolean ended) {

  /**
   * An epoch and what it was chosen for.
   *
   * @param epoch from 1
   * @param metric its validation metric
   */
  record Best(int epoch, double metric) {}

  /** Before the first step. */
  static Position start() {
    return new Position(1, 0, 0, 0, null, 0, Map.of(), 0, 0, 0, false);
  }

  /** Whether the best epoch is the one that ended here, so that its weights are the current. */
  boolean isAtBest() {
    return best != null && step == 0 && best.epoch() == epoch - 1;
  }
}
