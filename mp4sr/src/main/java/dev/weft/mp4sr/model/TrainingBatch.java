package dev.weft.mp4sr.model;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * Histories and what came after them.
 *
 * @param history the histories
 * @param next I32 [cases], the item after each history
 */
public record TrainingBatch(SequenceBatch history, Tensor next) {
  /** Checks type and shape. */
  public TrainingBatch {
    if (next.dtype() != DType.I32 || !next.shape().equals(Shape.of(history.cases()))) {
      throw new TensorException(
          "training batch: next is " + next + "; it must be I32 [" + history.cases() + "]");
    }
  }
}
