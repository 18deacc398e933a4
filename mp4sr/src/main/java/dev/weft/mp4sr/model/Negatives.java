package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.ContrastLogSumExp.contrastLogSumExp;
import static dev.weft.autograd.op.LogSumExp.logSumExp;
import static dev.weft.autograd.op.MatmulTransposed.matmulTransposed;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Where.where;

import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.tensor.Contrast;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Which rows of a batch are no negatives of which, in the losses of pre-training.
 *
 * @param next the next items' numbers, which tell duplicates
 * @param keys the same where the losses are computed, I32 [batch]
 * @param duplicates what rows with the same next item are
 * @param histories for each row a number of the history that it is part of, whose other rows are
 *     left out; null: all rows are of different ones
 */
record Negatives(int[] next, Tensor keys, Duplicates duplicates, int[] histories) {
  /** Stands for log 0 where gradients must stay numbers; its exp is 0 in F32 and F64. */
  private static final double LOG_ZERO = -1e30;

  /** For losses on the CPU. */
  Negatives(int[] next, Duplicates duplicates, int[] histories) {
    this(next, Tensor.of(next), duplicates, histories);
  }

  /** Number of rows. */
  int batch() {
    return next.length;
  }

  /**
   * {@code log Σ_j exp(a_i · b_j)} over what counts, apart for every {@code batch} rows of b.
   *
   * @param a [P batch, width]
   * @param b [Q batch, width]
   * @param withoutSelf whether a and b are the same rows, of which none counts for itself
   * @return [P batch, Q]
   */
  Variable logSumExpOfProducts(Variable a, Variable b, boolean withoutSelf) {
    Tensor own = histories == null ? null : pairs(histories);
    if (own == null) {
      return contrastLogSumExp(a, b, rule(withoutSelf));
    }
    // Rows are alike in two ways here, which are no classes together: the pairs are written out.
    int batch = batch();
    int ways = b.dim(0) / batch;
    Variable logits = matmulTransposed(a, b);
    if (withoutSelf) {
      logits = where(self(logits.dim(0)), constant(logits, LOG_ZERO), logits);
    }
    Variable blocks = reshape(logits, a.dim(0) / batch, batch, ways, batch);
    Tensor same = duplicates == Duplicates.KEPT ? null : pairs(next);
    if (same != null) {
      blocks = replaced(blocks, same, duplicates == Duplicates.LEFT_OUT ? LOG_ZERO : 0);
    }
    return logSumExp(reshape(replaced(blocks, own, LOG_ZERO), a.dim(0), ways, batch), -1);
  }

  private Contrast rule(boolean withoutSelf) {
    Contrast.Duplicates what =
        switch (duplicates) {
          case KEPT -> Contrast.Duplicates.KEPT;
          case LEFT_OUT -> Contrast.Duplicates.LEFT_OUT;
          case ZERO_LOGIT -> Contrast.Duplicates.ZEROED;
        };
    return new Contrast(keys, what, withoutSelf);
  }

  /** Logits [P, batch, Q, batch] with those of some pairs replaced. */
  private Variable replaced(Variable logits, Tensor pairs, double logit) {
    Tensor everyBlock = pairs.reshape(1, batch(), 1, batch());
    return where(everyBlock, constant(logits, logit), logits);
  }

  /** Pairs of different rows with the same key: BOOL [batch, batch]; null: there are none. */
  private static Tensor pairs(int[] keys) {
    boolean[] same = new boolean[keys.length * keys.length];
    boolean any = false;
    for (int row = 0; row < keys.length; row++) {
      for (int column = 0; column < keys.length; column++) {
        boolean pair = row != column && keys[row] == keys[column];
        same[row * keys.length + column] = pair;
        any |= pair;
      }
    }
    return any ? Tensor.of(same, keys.length, keys.length) : null;
  }

  private static Tensor self(int rows) {
    boolean[] self = new boolean[rows * rows];
    for (int i = 0; i < rows; i++) {
      self[i * rows + i] = true;
    }
    return Tensor.of(self, rows, rows);
  }

  /** A scalar of the type and on the device of another variable. */
  private static Variable constant(Variable like, double value) {
    return Variable.of(Tensor.full(like.dtype(), Shape.of(), like.value().device(), value));
  }
}
