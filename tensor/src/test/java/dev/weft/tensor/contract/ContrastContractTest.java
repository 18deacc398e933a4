package dev.weft.tensor.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.tensor.Contrast;
import dev.weft.tensor.Contrast.Duplicates;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The log-sum-exps of contrastive losses over the pairs that count, and their gradients. */
@BackendContract
class ContrastContractTest {
  private final Subject subject;
  private final Views views;

  ContrastContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 31);
  }

  /** What a row's pair with a column counts as: itself, a number instead, or nothing. */
  private record Pairs(double[] keys, int columns, Duplicates duplicates, boolean withoutSelf) {
    boolean isDuplicate(int row, int column) {
      int i = row % keys.length;
      int j = column % keys.length;
      return i != j && keys[i] == keys[j];
    }

    boolean isLeftOut(int row, int column) {
      return (withoutSelf && row == column)
          || (duplicates == Duplicates.LEFT_OUT && isDuplicate(row, column));
    }

    boolean isZeroed(int row, int column) {
      return duplicates == Duplicates.ZEROED && isDuplicate(row, column);
    }

    double logSumExp(double[] x, int row, int block) {
      List<Double> logits = new ArrayList<>();
      double max = Double.NEGATIVE_INFINITY;
      for (int column = block * keys.length; column < (block + 1) * keys.length; column++) {
        if (!isLeftOut(row, column)) {
          logits.add(isZeroed(row, column) ? 0 : x[row * columns + column]);
          max = Math.max(max, logits.getLast());
        }
      }
      double greatest = max;
      double[] powers =
          logits.stream().mapToDouble(logit -> StrictMath.exp(logit - greatest)).toArray();
      return powers.length == 0 ? max : max + StrictMath.log(Sum.of(powers));
    }
  }

  @ParameterizedTest
  @EnumSource(Duplicates.class)
  void countsTheRightPairs(Duplicates duplicates) {
    for (int n : new int[] {1, 3, 8, 37}) {
      check(n, 2, 1, duplicates, false);
      check(n, 2, 2, duplicates, true);
      check(n, 1, 3, duplicates, false);
    }
  }

  private void check(int n, int p, int q, Duplicates duplicates, boolean withoutSelf) {
    double[] keys = views.draw(n, () -> Math.rint(3 * views.normal()));
    Pairs pairs = new Pairs(keys, q * n, duplicates, withoutSelf);
    double[] x = views.draw(p * n * q * n, () -> 5 * views.normal());
    double[] g = views.draw(p * n * q, views::normal);
    Contrast rule =
        new Contrast(subject.tensor(DType.I32, keys, Shape.of(n)), duplicates, withoutSelf);
    Result logits = Result.holding(subject, x, Shape.of(p * n, q * n));
    Result sums = Result.of(subject, Shape.of(p * n, q));
    subject.backend().contrast(logits.tensor(), rule, sums.tensor());
    double[] found = sums.values();
    Tensor gradient = subject.tensor(g, Shape.of(p * n, q));
    subject.backend().contrastBackward(logits.tensor(), rule, sums.tensor(), gradient);
    double[] slopes = logits.values();
    double tolerance = 64 * subject.roundoff();
    for (int row = 0; row < p * n; row++) {
      for (int block = 0; block < q; block++) {
        double sum = pairs.logSumExp(x, row, block);
        String what = rule + ", row " + row + ", block " + block;
        assertEquals(sum, found[row * q + block], tolerance * Math.max(1, Math.abs(sum)), what);
        for (int j = 0; j < n; j++) {
          int column = block * n + j;
          boolean passes = !pairs.isLeftOut(row, column) && !pairs.isZeroed(row, column);
          double power = passes ? StrictMath.exp(x[row * q * n + column] - sum) : 0;
          double slope = power * g[row * q + block];
          assertEquals(slope, slopes[row * q * n + column], 16 * tolerance, what);
        }
      }
    }
  }

  @Test
  void whereNothingCountsThereIsNoSlope() {
    double none = Double.NEGATIVE_INFINITY;
    double[] x = {1, 2, none, none};
    Contrast rule =
        new Contrast(
            subject.tensor(DType.I32, new double[] {0, 1}, Shape.of(2)), Duplicates.KEPT, false);
    Result logits = Result.holding(subject, x, Shape.of(2, 2));
    Result sums = Result.of(subject, Shape.of(2, 1));
    subject.backend().contrast(logits.tensor(), rule, sums.tensor());
    assertEquals(none, sums.values()[1]);
    Tensor gradient = subject.tensor(new double[] {1, 1}, Shape.of(2, 1));
    subject.backend().contrastBackward(logits.tensor(), rule, sums.tensor(), gradient);
    double[] slopes = logits.values();
    assertEquals(1, slopes[0] + slopes[1], 64 * subject.roundoff());
    assertEquals(0, slopes[2]);
    assertEquals(0, slopes[3]);
  }
}
