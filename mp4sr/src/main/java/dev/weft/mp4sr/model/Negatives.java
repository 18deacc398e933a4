package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Where.where;

import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Which rows of a batch are no negatives of which, in the losses of pre-training.
 *
 * @param next the next items' numbers, which tell duplicates
 * @param duplicates what rows with the same next item are
 * @param histories for each row a number of the history that it is part of, whose other rows are
 *     left out; null: all rows are of different ones
 */
record Negatives(int[] next, Duplicates duplicates, int[] histories) {

  /** Number of rows. */
  int batch() {
    return next.length;
  }

  /**
   * The logits of pairs with what is no negative replaced.
   *
   * @param shape of the pairs beside the logits: batch twice, and 1 elsewhere
   */
  Variable in(Variable logits, Shape shape) {
    Tensor same = duplicates == Duplicates.KEPT ? null : Cosine.pairs(next);
    Variable without = logits;
    if (same != null) {
      Variable replaced = Cosine.constant(logits, Cosine.logit(duplicates));
      without = where(same.reshape(shape.dims()), replaced, without);
    }
    Tensor own = histories == null ? null : Cosine.pairs(histories);
    if (own != null) {
      Variable replaced = Cosine.constant(logits, Cosine.LOG_ZERO);
      without = where(own.reshape(shape.dims()), replaced, without);
    }
    return without;
  }
}
