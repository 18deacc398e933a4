package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Visits a tensor [..., n] one row of n doubles at a time, for the reference backend. */
final class Rows {
  private Rows() {}

  /** Takes a row's number and a copy of its values. */
  @FunctionalInterface
  interface Visitor {
    void visit(int row, double[] values);
  }

  static void forEach(Tensor x, Visitor visitor) {
    Elements elements = Elements.of(x);
    int n = x.dim(-1);
    int rows = n == 0 ? x.shape().with(-1, 1).numel() : x.numel() / n;
    for (int row = 0; row < rows; row++) {
      visitor.visit(row, row(elements, row, n));
    }
  }

  static void map(Tensor x, Tensor out, UnaryOperator<double[]> function) {
    Elements to = Elements.of(out);
    forEach(x, (row, values) -> store(to, row, function.apply(values)));
  }

  static void map(Tensor x, Tensor y, Tensor out, BinaryOperator<double[]> function) {
    Elements second = Elements.of(y);
    Elements to = Elements.of(out);
    forEach(
        x,
        (row, values) -> store(to, row, function.apply(values, row(second, row, values.length))));
  }

  /**
   * {@code log Σ exp(row)} without overflow; negative infinity for a row of those, or of nothing.
   */
  static double logSumExp(double[] row) {
    double max = Arrays.stream(row).reduce(Double.NEGATIVE_INFINITY, Math::max);
    if (Double.isInfinite(max)) {
      return max;
    }
    return max + Math.log(Arrays.stream(row).map(value -> Math.exp(value - max)).sum());
  }

  private static double[] row(Elements elements, int row, int n) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> elements.get(row * n + i));
    return values;
  }

  private static void store(Elements to, int row, double[] values) {
    for (int i = 0; i < values.length; i++) {
      to.set(row * values.length + i, values[i]);
    }
  }
}
