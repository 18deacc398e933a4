package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** Softmax and its relatives, written out once more in double precision. */
@BackendContract
class RowsContractTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private final Subject subject;
  private final Views views;

  RowsContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 15);
  }

  private void forEach(DoubleSupplier numbers, Consumer<View> check) {
    for (Shape shape : Views.SHAPES) {
      if (shape.rank() > 0) {
        check.accept(views.of(shape, numbers));
      }
    }
  }

  private static double[] row(View x, int row) {
    int n = x.tensor().dim(-1);
    return Arrays.copyOfRange(x.values(), row * n, (row + 1) * n);
  }

  private static int rows(View x) {
    return x.tensor().shape().with(-1, 1).numel();
  }

  private View given(double... values) {
    double[] rounded = subject.rounded(values);
    return new View(subject.tensor(rounded, Shape.of(1, values.length)), rounded);
  }

  // ---- The definitions -----------------------------------------------------------------------

  private static double max(double[] row) {
    double max = -INFINITY;
    for (double value : row) {
      max = Double.isNaN(value) || Double.isNaN(max) ? NAN : value > max ? value : max;
    }
    return max;
  }

  private static double logSumExp(double[] row) {
    double max = max(row);
    if (Double.isInfinite(max) || Double.isNaN(max)) {
      return max;
    }
    double[] powers = Arrays.stream(row).map(value -> StrictMath.exp(value - max)).toArray();
    return max + StrictMath.log(Sum.of(powers));
  }

  private static double[] softmax(double[] row) {
    double max = max(row);
    double[] result = new double[row.length];
    if (max == -INFINITY) {
      return result;
    }
    Arrays.setAll(result, i -> StrictMath.exp(row[i] - max));
    double sum = Sum.of(result);
    return Arrays.stream(result).map(power -> power / sum).toArray();
  }

  // ---- Softmax -------------------------------------------------------------------------------

  @Test
  void softmaxOfAnyLayout() {
    forEach(views::normal, this::checkSoftmax);
    forEach(views::wide, this::checkSoftmax);
  }

  @Test
  void softmaxOfSpecialRows() {
    forEach(views::special, this::checkSoftmax);
    forEach(() -> -INFINITY, this::checkSoftmax);
    checkSoftmax(given(1, -INFINITY, 2, -INFINITY, -INFINITY, 0));
    checkSoftmax(given(1, INFINITY, 2));
    checkSoftmax(given(1, NAN, 2));
    checkSoftmax(given(3e38, 3e38, -3e38));
    checkSoftmax(given(-1e30, -1e30));
  }

  private void checkSoftmax(View x) {
    Result out = Result.of(subject, x.tensor().shape());
    subject.backend().softmax(x.tensor(), out.tensor());
    double[] expected = new double[x.values().length];
    double[] magnitudes = new double[expected.length];
    for (int row = 0; row < rows(x); row++) {
      double[] values = row(x, row);
      double[] p = softmax(values);
      for (int i = 0; i < p.length; i++) {
        expected[row * p.length + i] = p[i];
        // An exponent is rounded, so the power is off by as many roundoffs as the exponent says.
        double exponent = p[i] == 0 ? 0 : max(values) - values[i];
        magnitudes[row * p.length + i] = p[i] * (1 + exponent / 8);
      }
    }
    double roundoffs = 16 + x.tensor().dim(-1) / 8.0;
    String context = "softmax of " + x.tensor();
    assertClose(subject, roundoffs, expected, magnitudes, out.values(), context);
  }

  @Test
  void softmaxBackwardOfAnyLayout() {
    forEach(
        () -> Math.abs(views.normal()),
        y -> {
          View g = views.of(y.tensor().shape(), views::normal);
          int n = y.tensor().dim(-1);
          double[] expected = new double[y.values().length];
          double[] magnitudes = new double[expected.length];
          for (int row = 0; row < rows(y); row++) {
            double[] p = row(y, row);
            double[] gradient = row(g, row);
            double[] terms = new double[n];
            Arrays.setAll(terms, i -> p[i] * gradient[i]);
            double inner = Sum.of(terms);
            double size = Arrays.stream(terms).map(Math::abs).sum();
            for (int i = 0; i < n; i++) {
              expected[row * n + i] = p[i] * (gradient[i] - inner);
              magnitudes[row * n + i] = p[i] * (Math.abs(gradient[i]) + size);
            }
          }
          Result out = Result.of(subject, y.tensor().shape());
          subject.backend().softmaxBackward(y.tensor(), g.tensor(), out.tensor());
          double roundoffs = 16 + n / 8.0;
          assertClose(subject, roundoffs, expected, magnitudes, out.values(), y.tensor());
        });
  }

  // ---- Log-softmax and log-sum-exp -----------------------------------------------------------

  @Test
  void logSoftmaxOfAnyLayout() {
    forEach(views::normal, this::checkLogSoftmax);
    forEach(views::wide, this::checkLogSoftmax);
  }

  @Test
  void logSoftmaxOfSpecialRows() {
    forEach(views::special, this::checkLogSoftmax);
    checkLogSoftmax(given(1, -INFINITY, 2, -INFINITY));
    checkLogSoftmax(given(1, NAN, 2));
    // Rounding log Σ exp first would cost every digit after the point.
    checkLogSoftmax(given(1e7, 1e7 + 1, 1e7 + 2));
    checkLogSoftmax(given(-1e30, -1e30));
  }

  private void checkLogSoftmax(View x) {
    Result out = Result.of(subject, x.tensor().shape());
    subject.backend().logSoftmax(x.tensor(), out.tensor());
    double[] expected = new double[x.values().length];
    double[] magnitudes = Close.repeated(1, expected.length);
    int n = x.tensor().dim(-1);
    for (int row = 0; row < rows(x); row++) {
      double[] values = row(x, row);
      double max = max(values);
      double[] shifted = Arrays.stream(values).map(value -> value - max).toArray();
      double total = Double.isInfinite(max) ? 0 : logSumExp(shifted);
      for (int i = 0; i < n; i++) {
        // An infinite maximum leaves ∞ - ∞ in its own place and -∞ elsewhere.
        expected[row * n + i] = shifted[i] - total;
      }
    }
    double roundoffs = 16 + n / 8.0;
    assertClose(subject, roundoffs, expected, magnitudes, out.values(), "logSoftmax");
  }

  @Test
  void logSoftmaxBackwardOfAnyLayout() {
    forEach(
        () -> -Math.abs(views.normal()),
        y -> {
          View g = views.of(y.tensor().shape(), views::normal);
          int n = y.tensor().dim(-1);
          double[] expected = new double[y.values().length];
          double[] magnitudes = new double[expected.length];
          for (int row = 0; row < rows(y); row++) {
            double[] logits = row(y, row);
            double[] gradient = row(g, row);
            double total = Sum.of(gradient);
            double size = Arrays.stream(gradient).map(Math::abs).sum();
            for (int i = 0; i < n; i++) {
              double p = StrictMath.exp(logits[i]);
              expected[row * n + i] = gradient[i] - p * total;
              magnitudes[row * n + i] = Math.abs(gradient[i]) + p * size;
            }
          }
          Result out = Result.of(subject, y.tensor().shape());
          subject.backend().logSoftmaxBackward(y.tensor(), g.tensor(), out.tensor());
          double roundoffs = 16 + n / 8.0;
          assertClose(subject, roundoffs, expected, magnitudes, out.values(), y.tensor());
        });
  }

  @Test
  void logSumExpOfAnyLayout() {
    forEach(views::normal, this::checkLogSumExp);
    forEach(views::wide, this::checkLogSumExp);
    forEach(views::special, this::checkLogSumExp);
    forEach(() -> -INFINITY, this::checkLogSumExp);
    checkLogSumExp(given(1e5, 1e5));
    checkLogSumExp(given(-1e5, -1e5, -INFINITY));
    checkLogSumExp(given(3e38, 1));
    checkLogSumExp(given(1, INFINITY));
  }

  private void checkLogSumExp(View x) {
    int[] dims = x.tensor().shape().dims();
    Result out = Result.of(subject, Shape.of(Arrays.copyOf(dims, dims.length - 1)));
    subject.backend().logSumExp(x.tensor(), out.tensor());
    double[] expected = new double[rows(x)];
    Arrays.setAll(expected, row -> logSumExp(row(x, row)));
    double[] magnitudes = Close.repeated(1, expected.length);
    assertClose(subject, 16, expected, magnitudes, out.values(), "logSumExp of " + x.tensor());
  }

  @Test
  void notANumberTakesItsRowAndNoOther() {
    // Long enough for whole vectors and a rest; beside finite numbers, beside infinities, alone.
    for (int n : new int[] {1, 3, 70, 500}) {
      for (double other : new double[] {1, -INFINITY, INFINITY, NAN}) {
        double[] values = new double[3 * n];
        Arrays.setAll(values, i -> i / n == 1 ? other : i % 7);
        values[n + n / 2] = NAN;
        View x = new View(subject.tensor(values, Shape.of(3, n)), values);
        checkSoftmax(x);
        checkLogSoftmax(x);
        checkLogSumExp(x);
      }
    }
  }

  @Test
  void aRowOfOneElement() {
    View x = new View(subject.tensor(new double[] {3, -1e30, 5e-40}, Shape.of(3, 1)), null);
    Result out = Result.of(subject, Shape.of(3, 1));
    subject.backend().softmax(x.tensor(), out.tensor());
    assertClose(subject, 0, new double[] {1, 1, 1}, out.values(), "softmax");
  }

  @Test
  void aRowIsTheSameWhereverItStands() {
    double[] row = views.draw(333, views::normal);
    double[] values = new double[40 * 333];
    Arrays.setAll(values, i -> row[i % 333]);
    Tensor x = subject.tensor(values, Shape.of(40, 333));
    Result p = Result.of(subject, x.shape());
    subject.backend().softmax(x, p.tensor());
    assertRowsAlike(p.values());
    Result logs = Result.of(subject, x.shape());
    subject.backend().logSoftmax(x, logs.tensor());
    assertRowsAlike(logs.values());
    Result back = Result.of(subject, x.shape());
    subject.backend().softmaxBackward(p.tensor(), x, back.tensor());
    assertRowsAlike(back.values());
    subject.backend().logSoftmaxBackward(logs.tensor(), x, back.tensor());
    assertRowsAlike(back.values());
  }

  private static void assertRowsAlike(double[] values) {
    for (int i = 333; i < values.length; i++) {
      assertEquals(values[i % 333], values[i]);
    }
  }

  @Test
  void masksByAddingInfinity() {
    // What attention does: scores plus 0 or -∞, whole rows of -∞ included.
    Tensor x = subject.tensor(new double[] {1, 2, -INFINITY, -INFINITY}, Shape.of(2, 2));
    Result out = Result.of(subject, Shape.of(2, 2));
    subject.backend().softmax(x, out.tensor());
    double p = 1 / (1 + StrictMath.E);
    assertClose(subject, 16, new double[] {p, 1 - p, 0, 0}, out.values(), "masked");
  }
}
