package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;

/**
 * Cross-entropy and its slopes, row by row, in two passes: one for the greatest logit, one for the
 * exponentials and their sum.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class CrossEntropyRows<A> {
  private final ElementLoops<A> elements;
  private final FoldLoops<A> folds;
  private final RowLoops<A> rows;

  CrossEntropyRows(Loops<A> loops) {
    this.elements = loops.elements();
    this.folds = loops.folds();
    this.rows = loops.rows();
  }

  void run(Tensor logits, Tensor targets, Tensor losses, Tensor scales) {
    int n = logits.dim(1);
    HeapStorage right = (HeapStorage) targets.storage();
    HeapStorage loss = (HeapStorage) losses.storage();
    HeapStorage scale = (HeapStorage) scales.storage();
    HeapStorage x = (HeapStorage) logits.storage();
    RowRange.forEach(
        logits,
        row -> {
          int at = logits.offset() + row * n;
          int t = at + (int) right.getLong(targets.offset() + row);
          double chosen = x.get(t);
          x.set(t, Double.NEGATIVE_INFINITY);
          A array = Dense.array(logits);
          double max = max(array, at, n);
          double others = powers(array, at, max, n);
          x.set(t, -others);
          loss.set(losses.offset() + row, softplus(max + Math.log(others) - chosen));
          scale.set(scales.offset() + row, 1 / (others + Math.exp(chosen - max)));
        });
  }

  /** NaN shows in the sum of the exponentials, but not beside infinities. */
  private double max(A x, int at, int n) {
    double greatest = folds.greatest(x, at, n);
    return Double.isInfinite(greatest) ? folds.fold(ReduceOp.MAX, x, at, n) : greatest;
  }

  /** Their sum; nothing where there is nothing but masked classes. */
  private double powers(A x, int at, double max, int n) {
    if (max == Double.NEGATIVE_INFINITY) {
      elements.fill(0, x, at, n);
      return 0;
    }
    return rows.expShifted(x, at, max, x, at, n);
  }

  /** {@code log(1 + e^x)}. */
  private static double softplus(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }
}
