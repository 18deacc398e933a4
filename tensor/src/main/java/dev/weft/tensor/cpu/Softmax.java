package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;

/**
 * Softmax and its relatives, row by row, [..., n]. A row is small enough to stay in the cache while
 * it is gone over: once for the greatest element, once for the exponentials and their sum, once for
 * the result.
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

  void softmax(Tensor x, Tensor out) {
    int n = x.dim(-1);
    try (Dense dense = Dense.of(x)) {
      A from = dense.array();
      A to = Dense.array(out);
      RowRange.forEach(
          out, row -> softmax(from, dense.at() + row * n, to, out.offset() + row * n, n));
    }
  }

  private void softmax(A x, int xAt, A out, int outAt, int n) {
    double max = max(x, xAt, n);
    if (max == Double.NEGATIVE_INFINITY) {
      elements.fill(0, out, outAt, n);
      return;
    }
    double sum = rows.expShifted(x, xAt, max, out, outAt, n);
    elements.scale(out, outAt, 1 / sum, out, outAt, n);
  }

  /**
   * The greatest element. NaN beside finite numbers is passed over, which is fast, for it shows in
   * the sum of the exponentials; beside infinities it would not.
   */
  private double max(A x, int xAt, int n) {
    double greatest = folds.greatest(x, xAt, n);
    return Double.isInfinite(greatest) ? folds.fold(ReduceOp.MAX, x, xAt, n) : greatest;
  }

  void softmaxBackward(Tensor y, Tensor gradOutput, Tensor out) {
    int n = y.dim(-1);
    try (Dense output = Dense.of(y);
        Dense gradient = Dense.of(gradOutput)) {
      A p = output.array();
      A g = gradient.array();
      A to = Dense.array(out);
      RowRange.forEach(
          out,
          row -> {
            int pAt = output.at() + row * n;
            int gAt = gradient.at() + row * n;
            double inner = folds.dot(p, pAt, g, gAt, n);
            rows.softmaxBackward(p, pAt, g, gAt, inner, to, out.offset() + row * n, n);
          });
    }
  }

  void logSoftmax(Tensor x, Tensor out) {
    int n = x.dim(-1);
    try (Dense dense = Dense.of(x)) {
      A from = dense.array();
      A to = Dense.array(out);
      RowRange.forEach(
          out,
          row -> {
            int at = dense.at() + row * n;
            double max = max(from, at, n);
            double logSum =
                Double.isInfinite(max) ? 0 : Math.log(rows.sumExpShifted(from, at, max, n));
            rows.logSoftmax(from, at, max, logSum, to, out.offset() + row * n, n);
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
      RowRange.forEach(
          out,
          row -> {
            int yAt = output.at() + row * n;
            int gAt = gradient.at() + row * n;
            double total = folds.fold(ReduceOp.SUM, g, gAt, n);
            rows.logSoftmaxBackward(logits, yAt, g, gAt, total, to, out.offset() + row * n, n);
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
