package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;

/**
 * Softmax and its relatives, row by row, [..., n]. A row is small enough to stay in the cache while
 * it is gone over: once for the greatest element (with the end of the row before it, see {@link
 * RowLoops}), once for the exponentials and their sum, once for the result.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Softmax<A> {
  private final ElementLoops<A> elements;
  private final FoldLoops<A> folds;
  private final RowLoops<A> rows;

  Softmax(Loops<A> loops) {
    this.elements = loops.elements();
    this.folds = loops.folds();
    this.rows = loops.rows();
  }

  /** The greatest element; NaN if any is. */
  private double max(A x, int at, int n) {
    return checked(folds.greatest(x, at, n), x, at, n);
  }

  /**
   * A row's maximum, given the greatest with NaN passed over. Beside finite numbers NaN needs no
   * care, which is fast, for it shows in the sum of the exponentials; beside infinities it would
   * not.
   */
  private double checked(double greatest, A x, int at, int n) {
    return Double.isInfinite(greatest) ? folds.fold(ReduceOp.MAX, x, at, n) : greatest;
  }

  void softmax(Tensor x, Tensor out) {
    int n = x.dim(-1);
    try (Dense dense = Dense.of(x)) {
      A from = dense.array();
      A to = Dense.array(out);
      RowRange.forEachRange(
          out,
          (first, end) -> {
            double max = max(from, dense.at() + first * n, n);
            for (int row = first; row < end; row++) {
              int nextAt = dense.at() + Math.min(row + 1, end - 1) * n;
              int xAt = dense.at() + row * n;
              max = softmax(from, xAt, max, nextAt, to, out.offset() + row * n, n);
            }
          });
    }
  }

  /** Returns the next row's maximum. */
  private double softmax(A x, int xAt, double max, int nextAt, A out, int outAt, int n) {
    if (max == Double.NEGATIVE_INFINITY) {
      elements.fill(0, out, outAt, n);
      return max(x, nextAt, n);
    }
    double sum = rows.expShifted(x, xAt, max, out, outAt, n);
    return checked(rows.scale(out, outAt, 1 / sum, x, nextAt, n), x, nextAt, n);
  }

  void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    int n = y.dim(-1);
    try (Dense output = Dense.of(y);
        Dense gradient = Dense.of(gradOutput)) {
      A p = output.array();
      A g = gradient.array();
      A to = Dense.array(out);
      RowRange.forEachRange(
          out,
          (first, end) -> {
            double inner = rows.dot(p, output.at() + first * n, g, gradient.at() + first * n, n);
            for (int row = first; row < end; row++) {
              int pAt = output.at() + row * n;
              int gAt = gradient.at() + row * n;
              int outAt = out.offset() + row * n;
              int step = row + 1 < end ? n : 0;
              inner = rows.softmaxBackward(p, pAt, g, gAt, inner, step, to, outAt, n);
            }
          });
    }
  }

  void logSoftmax(Tensor x, Tensor out) {
    int n = x.dim(-1);
    try (Dense dense = Dense.of(x)) {
      A from = dense.array();
      A to = Dense.array(out);
      RowRange.forEachRange(
          out,
          (first, end) -> {
            double max = max(from, dense.at() + first * n, n);
            for (int row = first; row < end; row++) {
              int at = dense.at() + row * n;
              int nextAt = dense.at() + Math.min(row + 1, end - 1) * n;
              int outAt = out.offset() + row * n;
              double sum = rows.shiftedSumExp(from, at, max, to, outAt, n);
              double logSum = Double.isInfinite(max) ? 0 : Math.log(sum);
              double greatest = rows.shift(to, outAt, logSum, from, nextAt, n);
              max = checked(greatest, from, nextAt, n);
            }
          });
    }
  }

  void logSoftmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    int n = y.dim(-1);
    try (Dense output = Dense.of(y);
        Dense gradient = Dense.of(gradOutput)) {
      A logits = output.array();
      A g = gradient.array();
      A to = Dense.array(out);
      RowRange.forEachRange(
          out,
          (first, end) -> {
            double total = rows.sum(g, gradient.at() + first * n, n);
            for (int row = first; row < end; row++) {
              int yAt = output.at() + row * n;
              int gAt = gradient.at() + row * n;
              int nextAt = gradient.at() + Math.min(row + 1, end - 1) * n;
              int outAt = out.offset() + row * n;
              total = rows.logSoftmaxBackward(logits, yAt, g, gAt, total, nextAt, to, outAt, n);
            }
          });
    }
  }

  void logSumExp(Tensor x, Tensor out) {
    int n = x.dim(-1);
    try (Dense dense = Dense.of(x)) {
      A from = dense.array();
      A to = Dense.array(out);
      RowRange.forEach(
          x,
          row ->
              elements.fill(logSumExp(from, dense.at() + row * n, n), to, out.offset() + row, 1));
    }
  }

  private double logSumExp(A x, int at, int n) {
    double max = max(x, at, n);
    if (Double.isInfinite(max)) {
      return max;
    }
    return max + Math.log(rows.sumExpShifted(x, at, max, n));
  }
}
