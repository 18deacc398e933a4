package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Cross-entropy of rows and its slopes, written out once more in double precision. */
@BackendContract
class CrossEntropyContractTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private final Subject subject;
  private final Views views;

  CrossEntropyContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 23);
  }

  /** Losses, and scales times what became of the logits. */
  private record Outcome(double[] losses, double[] slopes) {}

  private Outcome run(double[] values, int[] targets) {
    int rows = targets.length;
    int n = rows == 0 ? 3 : values.length / rows;
    Result logits = Result.holding(subject, values, Shape.of(rows, n));
    Result losses = Result.of(subject, Shape.of(rows));
    Result scales = Result.of(subject, Shape.of(rows));
    double[] wide = Arrays.stream(targets).asDoubleStream().toArray();
    Tensor right = subject.tensor(DType.I32, wide, Shape.of(rows));
    subject.backend().crossEntropy(logits.tensor(), right, losses.tensor(), scales.tensor());
    double[] slopes = logits.values();
    double[] factors = scales.values();
    Arrays.setAll(slopes, i -> slopes[i] * factors[i / n]);
    return new Outcome(losses.values(), slopes);
  }

  /** Within what a sum of n powers in this type may be off, relative to each number. */
  private void check(double[] unrounded, int... targets) {
    double[] values = subject.rounded(unrounded);
    int n = values.length / targets.length;
    Outcome outcome = run(values, targets);
    for (int row = 0; row < targets.length; row++) {
      double[] x = Arrays.copyOfRange(values, row * n, (row + 1) * n);
      double right = x[targets[row]];
      x[targets[row]] = -INFINITY;
      double max = Arrays.stream(x).max().orElseThrow();
      boolean isAlone = max == -INFINITY;
      double[] powers = Arrays.stream(x).map(v -> isAlone ? 0 : StrictMath.exp(v - max)).toArray();
      double others = max + StrictMath.log(Sum.of(powers));
      double margin = others - right;
      double loss = Math.max(margin, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(margin)));
      double total = isAlone ? right : others + StrictMath.log1p(StrictMath.exp(-margin));
      if (margin < 0) {
        total = right + loss;
      }
      double[] slopes = new double[n];
      double[] magnitudes = new double[n];
      // Logits are rounded, so their exponentials are off by as many roundoffs as they say.
      double size = 1 + finite(right) + finite(others);
      for (int j = 0; j < n; j++) {
        boolean isRight = j == targets[row];
        slopes[j] = isRight ? StrictMath.expm1(-loss) : StrictMath.exp(x[j] - total);
        magnitudes[j] = Math.abs(slopes[j]) * (size + finite(x[j]));
      }
      double[] actual = Arrays.copyOfRange(outcome.slopes, row * n, (row + 1) * n);
      double roundoffs = 16 + n / 8.0;
      String context = "row " + row + " of " + n;
      assertClose(subject, roundoffs, slopes, magnitudes, actual, context);
      double[] ofLoss = {Math.min(loss, 1) * size};
      double[] found = {outcome.losses[row]};
      assertClose(subject, roundoffs, new double[] {loss}, ofLoss, found, "loss of " + context);
    }
  }

  private static double finite(double x) {
    return Double.isInfinite(x) ? 0 : Math.abs(x);
  }

  @Test
  void lossesAndSlopesOfRowsOfAnyLength() {
    for (int n : new int[] {1, 2, 15, 16, 17, 33, 500, 3001}) {
      int[] targets = {0, n - 1, n / 2, n / 3, 0};
      check(views.draw(5 * n, views::normal), targets);
      check(views.draw(5 * n, () -> 20 * views.normal()), targets);
      check(views.draw(5 * n, () -> 1e6 + views.normal()), targets);
    }
  }

  @Test
  void aHundredThousandClasses() {
    int n = 100_000;
    check(views.draw(3 * n, views::normal), 0, 77_777, n - 1);
  }

  @Test
  void aRightClassThatIsNearlyCertainKeepsItsDigits() {
    check(new double[] {20, 12, 10, 3}, 0);
    check(new double[] {60, 1, 2, 3}, 0);
    check(new double[] {300, 1, 2, 3}, 0);
    check(new double[] {3e38, 1, 2, 3}, 0);
  }

  @Test
  void aRightClassThatIsNearlyImpossible() {
    check(new double[] {-60, 1, 2, 3}, 0);
    check(new double[] {-4000, 4000, 3999}, 0);
    check(new double[] {-INFINITY, 1, 2}, 0);
  }

  @Test
  void masksOfOtherClasses() {
    check(new double[] {1, -INFINITY, 2, -INFINITY}, 0);
    check(new double[] {1, -INFINITY, -INFINITY, -INFINITY}, 0);
  }

  @Test
  void notANumberTakesItsRowAndNoOther() {
    for (int n : new int[] {2, 3, 70, 500}) {
      for (double other : new double[] {1, -INFINITY}) {
        for (int at : new int[] {0, n / 2}) {
          double[] values = new double[3 * n];
          Arrays.setAll(values, i -> i / n == 1 ? other : i % 7);
          values[n + at] = Double.NaN;
          Outcome outcome = run(values, new int[] {n / 2, n / 2, n / 2});
          assertTrue(Double.isNaN(outcome.losses[1]));
          assertTrue(Double.isFinite(outcome.losses[0] + outcome.losses[2]));
          for (int i = 0; i < 3 * n; i++) {
            boolean isRight = i % n == n / 2;
            assertTrue(i / n == 1 || Double.isFinite(outcome.slopes[i]));
            assertTrue(i / n != 1 || !isRight || Double.isNaN(outcome.slopes[i]));
          }
        }
      }
    }
  }

  @Test
  void noRows() {
    assertEquals(0, run(new double[0], new int[0]).losses.length);
  }
}
