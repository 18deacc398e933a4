package dev.weft.mp4sr.eval;

import java.util.List;

/**
 * How to evaluate.
 *
 * @param ks cuts of the metrics
 * @param coldThreshold a target that training saw fewer times than this is cold; 0 and 1 both mean:
 *     one that training never saw
 * @param popularityBounds lower ends, rising, of the buckets by number of times a target was seen
 *     in training; what lies below the first is a bucket of its own
 * @param batchSize cases scored at once
 * @param maxLength last items of a history that the model is shown; the whole history is excluded
 *     from ranking
 */
public record EvalOptions(
    List<Integer> ks,
    int coldThreshold,
    List<Integer> popularityBounds,
    int batchSize,
    int maxLength) {
  /** Cuts 5, 10, 20, 50; cold below 10; batches of 256; histories of 50. */
  public static final EvalOptions DEFAULTS =
      new EvalOptions(List.of(5, 10, 20, 50), 10, List.of(1, 5, 10, 20, 50), 256, 50);

  /**
   * Copies the lists.
   *
   * @throws EvalException when a value is out of its range
   */
  public EvalOptions {
    ks = List.copyOf(ks);
    popularityBounds = List.copyOf(popularityBounds);
    require(!ks.isEmpty() && ks.stream().allMatch(k -> k > 0), "ks", ks, "1 or more each");
    require(coldThreshold >= 0, "coldThreshold", coldThreshold, "0 or more");
    require(isRising(popularityBounds), "popularityBounds", popularityBounds, "rising, from 1");
    require(batchSize > 0, "batchSize", batchSize, "1 or more");
    require(maxLength > 0, "maxLength", maxLength, "1 or more");
  }

  /** These options with other cuts. */
  public EvalOptions withKs(List<Integer> other) {
    return new EvalOptions(other, coldThreshold, popularityBounds, batchSize, maxLength);
  }

  /** These options with another line between cold and warm. */
  public EvalOptions withColdThreshold(int other) {
    return new EvalOptions(ks, other, popularityBounds, batchSize, maxLength);
  }

  /** These options with another number of cases scored at once. */
  public EvalOptions withBatchSize(int other) {
    return new EvalOptions(ks, coldThreshold, popularityBounds, other, maxLength);
  }

  /** These options with another length of the histories shown. */
  public EvalOptions withMaxLength(int other) {
    return new EvalOptions(ks, coldThreshold, popularityBounds, batchSize, other);
  }

  /** Whether a target that training saw this often is cold. */
  public boolean isCold(int trainingCount) {
    return trainingCount < Math.max(coldThreshold, 1);
  }

  private static boolean isRising(List<Integer> bounds) {
    int last = 0;
    for (int bound : bounds) {
      if (bound <= last) {
        return false;
      }
      last = bound;
    }
    return true;
  }

  private static void require(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new EvalException("evaluation: " + name + " is " + value + "; it must be " + range);
    }
  }
}
