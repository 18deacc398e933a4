package dev.weft.mp4sr.model;

import dev.weft.tensor.Tensor;

/** Scores with what does not depend on the history computed once. Not thread-safe. */
public interface Scorer extends AutoCloseable {
  /**
   * How well each item would follow each history: the higher, the better.
   *
   * @return [batch, items + 1]; column i is item i, column 0 (padding) is negative infinity
   */
  Tensor score(SequenceBatch batch);

  /** Scores of a history, items + 1; 0 where that is not known before one is scored. */
  default int scores() {
    return 0;
  }

  @Override
  default void close() {}
}
