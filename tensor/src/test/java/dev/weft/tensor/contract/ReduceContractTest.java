package dev.weft.tensor.contract;

import static dev.weft.tensor.contract.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.weft.tensor.DType;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Folds along every combination of axes. */
@BackendContract
class ReduceContractTest {
  private final Subject subject;
  private final Views views;

  ReduceContractTest(Subject subject) {
    this.subject = subject;
    this.views = new Views(subject, 13);
  }

  @ParameterizedTest
  @EnumSource
  void everyCombinationOfAxes(ReduceOp op) {
    for (Shape shape : Views.SHAPES) {
      for (int folded = 0; folded < 1 << shape.rank(); folded++) {
        check(op, views.of(shape, views::wide), folded);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void longAxesBesideLongAxes(ReduceOp op) {
    List<Shape> shapes =
        List.of(
            Shape.of(3, 40000), Shape.of(2, 20000, 2), Shape.of(17, 2, 4200), Shape.of(70003, 1));
    for (Shape shape : shapes) {
      for (int folded = 0; folded < 1 << shape.rank(); folded++) {
        check(op, views.contiguous(shape, views::normal), folded);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void notANumberWins(ReduceOp op) {
    for (Shape shape : List.of(Shape.of(3, 50), Shape.of(50, 3))) {
      for (int folded = 0; folded < 4; folded++) {
        check(op, views.of(shape, views::special), folded);
      }
    }
  }

  private void check(ReduceOp op, View x, int foldedAxes) {
    int[] dims = x.tensor().shape().dims();
    int[] kept = dims.clone();
    for (int axis = 0; axis < kept.length; axis++) {
      kept[axis] = (foldedAxes >> axis & 1) != 0 ? 1 : kept[axis];
    }
    Shape shape = Shape.of(kept);
    double[] expected = Close.repeated(identity(op), shape.numel());
    double[] magnitudes = new double[shape.numel()];
    Sum[] sums = new Sum[shape.numel()];
    Arrays.setAll(sums, at -> new Sum());
    for (int i = 0; i < x.values().length; i++) {
      int to = target(i, dims, kept);
      sums[to].add(x.values()[i]);
      expected[to] = op == ReduceOp.SUM ? sums[to].value() : fold(op, expected[to], x.values()[i]);
      magnitudes[to] += Math.abs(x.values()[i]);
    }
    Result out = Result.of(subject, shape);
    subject.backend().reduce(op, x.tensor(), out.tensor());
    // The worst case of adding the same number again and again.
    double roundoffs = op == ReduceOp.SUM ? 8 + x.values().length / (2.0 * shape.numel()) : 0;
    String context = op + " of " + x.tensor() + " to " + shape;
    assertClose(subject, roundoffs, expected, magnitudes, out.values(), context);
  }

  /** The element of the result that element {@code i} of the operand goes to. */
  private static int target(int i, int[] dims, int[] kept) {
    int rest = i;
    int at = 0;
    int stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      int index = rest % dims[axis];
      rest /= dims[axis];
      at += kept[axis] == 1 ? 0 : index * stride;
      stride *= kept[axis];
    }
    return at;
  }

  private static double identity(ReduceOp op) {
    return switch (op) {
      case SUM -> 0;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
  }

  private static double fold(ReduceOp op, double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.NaN;
    }
    return (op == ReduceOp.MAX) == (a > b) ? a : b;
  }

  @Test
  void argMaxIsTheFirstOfEquals() {
    for (Shape shape : Views.SHAPES) {
      if (shape.rank() > 0 && shape.dim(-1) > 0) {
        checkArgMax(views.of(shape, views::wide));
        checkArgMax(views.of(shape, () -> views.random().nextInt(3)));
        checkArgMax(views.of(shape, views::special));
        checkArgMax(views.of(shape, () -> Double.NEGATIVE_INFINITY));
      }
    }
  }

  private void checkArgMax(View x) {
    int n = x.tensor().dim(-1);
    int[] dims = x.tensor().shape().dims();
    Shape shape = Shape.of(Arrays.copyOf(dims, dims.length - 1));
    double[] expected = new double[shape.numel()];
    for (int row = 0; row < expected.length; row++) {
      expected[row] = ranking(x.values(), row, n)[0];
    }
    Result out = Result.of(subject, DType.I32, shape);
    subject.backend().argMax(x.tensor(), out.tensor());
    assertArrayEquals(expected, out.values());
  }

  @Test
  void topKFallsAndBreaksTiesByIndex() {
    for (Shape shape : Views.SHAPES) {
      if (shape.rank() > 0) {
        for (int k : new int[] {0, 1, 3, shape.dim(-1)}) {
          if (k <= shape.dim(-1) && k <= 2000) {
            checkTopK(views.contiguous(shape, views::wide), k);
            checkTopK(views.contiguous(shape, () -> views.random().nextInt(4)), k);
            checkTopK(views.contiguous(shape, views::special), k);
          }
        }
      }
    }
  }

  private void checkTopK(View x, int k) {
    int n = x.tensor().dim(-1);
    Shape shape = x.tensor().shape().with(-1, k);
    Result values = Result.of(subject, shape);
    Result indices = Result.of(subject, DType.I32, shape);
    subject.backend().topK(x.tensor(), values.tensor(), indices.tensor());
    double[] best = new double[shape.numel()];
    double[] where = new double[shape.numel()];
    for (int row = 0; row < (k == 0 ? 0 : shape.numel() / k); row++) {
      int[] order = ranking(x.values(), row, n);
      for (int i = 0; i < k; i++) {
        best[row * k + i] = x.values()[row * n + order[i]];
        where[row * k + i] = order[i];
      }
    }
    assertArrayEquals(where, indices.values());
    assertArrayEquals(best, values.values());
  }

  /** The row's positions, greatest first: NaN above all, +0 and -0 alike, ties in order. */
  private static int[] ranking(double[] values, int row, int n) {
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    // A stable sort leaves ties as they stand.
    Arrays.sort(
        order,
        (i, j) -> {
          double a = values[row * n + i];
          double b = values[row * n + j];
          return a == b ? 0 : Double.compare(b, a);
        });
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }
}
