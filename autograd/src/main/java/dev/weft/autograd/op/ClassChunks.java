package dev.weft.autograd.op;

import dev.weft.tensor.Backends;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The logits {@code h Wᵀ + b} some classes at a time, for {@link LinearCrossEntropy}. */
final class ClassChunks {
  private final Tensor h;
  private final Tensor weight;
  private final Tensor bias;
  private final int[] targets;
  private final int rows;
  private final int classes;
  private final int chunk;

  /** log Σ exp of each row's logits. */
  private final double[] totals;

  ClassChunks(Tensor h, Tensor weight, Tensor bias, Tensor targets, int chunk) {
    this.h = h;
    this.weight = Ops.contiguous(weight);
    this.bias = bias;
    this.rows = h.dim(0);
    this.classes = weight.dim(0);
    this.targets = RowElements.columns("linearCrossEntropy", targets, classes);
    this.chunk = chunk;
    this.totals = new double[rows];
  }

  /** A loss for each row, [n]. */
  Tensor losses() {
    Arrays.fill(totals, Double.NEGATIVE_INFINITY);
    double[] chosen = new double[rows];
    for (int from = 0; from < classes; from += chunk) {
      try (Scope _ = Scope.open()) {
        fold(from, Math.min(classes, from + chunk), chosen);
      }
    }
    double[] losses = new double[rows];
    for (int row = 0; row < rows; row++) {
      losses[row] = logAddExp(0, totals[row] - chosen[row]);
      totals[row] = chosen[row] + losses[row];
    }
    return RowElements.of(losses, h);
  }

  /** Adds a chunk to the totals, but for the right classes, whose logits it notes. */
  private void fold(int from, int to, double[] chosen) {
    Tensor logits = Ops.matmul(h, part(weight, from, to).transpose(0, 1), tail(from, to, null));
    int[] found = rowsWithTarget(from, to);
    Tensor positions = positions(found, from, to);
    double[] values = RowElements.gather(logits, positions).toDoubles();
    for (int i = 0; i < found.length; i++) {
      chosen[found[i]] = values[i];
    }
    RowElements.add(logits, positions, repeated(Double.NEGATIVE_INFINITY, found.length));
    double[] parts = Ops.logSumExp(logits).toDoubles();
    for (int row = 0; row < rows; row++) {
      totals[row] = logAddExp(totals[row], parts[row]);
    }
  }

  /** {@code log(e^a + e^b)}. */
  private static double logAddExp(double a, double b) {
    double greater = Math.max(a, b);
    return Double.isInfinite(greater)
        ? greater
        : greater + Math.log1p(Math.exp(Math.min(a, b) - greater));
  }

  /**
   * The gradients of h, weight and bias.
   *
   * @param shares the gradient of each row's loss, [n]
   */
  Tensor[] gradients(Tensor shares, boolean[] needed) {
    Tensor column = shares.unsqueeze(-1);
    Tensor weighted = Ops.multiply(h, column);
    Tensor minusTotals = Ops.unary(UnaryOp.NEGATE, RowElements.of(totals, h)).unsqueeze(-1);
    Tensor extended = Ops.concat(List.of(h, minusTotals), 1);
    Tensor dh = needed[0] ? zeros(h.shape()) : null;
    Tensor dWeight = needed[1] ? Ops.emptyLike(weight) : null;
    Tensor dBias =
        needed.length > 2 && needed[2]
            ? Tensor.empty(h.dtype(), Shape.of(classes), h.device())
            : null;
    for (int from = 0; from < classes; from += chunk) {
      int to = Math.min(classes, from + chunk);
      try (Scope _ = Scope.open()) {
        Tensor d = slopes(extended, from, to);
        if (dh != null) {
          Ops.addInto(dh, Ops.matmul(d, part(weight, from, to)));
        }
        if (dWeight != null) {
          product(d.transpose(0, 1), weighted, part(dWeight, from, to));
        }
        if (dBias != null) {
          product(d.transpose(0, 1), column, part(dBias, from, to).unsqueeze(-1));
        }
      }
    }
    if (dh != null) {
      InPlace.multiply(dh, column);
    }
    return needed.length > 2 ? new Tensor[] {dh, dWeight, dBias} : new Tensor[] {dh, dWeight};
  }

  /**
   * {@code softmax(x) - [j = t]} of a chunk: {@code exp(x - total)} is one product with the
   * exponential as its tail, the total being one more column of h against ones beside W.
   */
  private Tensor slopes(Tensor extended, int from, int to) {
    Tensor ones = Tensor.full(h.dtype(), Shape.of(to - from, 1), h.device(), 1);
    Tensor columns = Ops.concat(List.of(part(weight, from, to), ones), 1);
    Tensor p = Ops.matmul(extended, columns.transpose(0, 1), tail(from, to, UnaryOp.EXP));
    int[] found = rowsWithTarget(from, to);
    RowElements.add(p, positions(found, from, to), repeated(-1, found.length));
    return p;
  }

  private MatmulTail tail(int from, int to, UnaryOp activation) {
    return new MatmulTail(1, bias == null ? null : part(bias, from, to), activation);
  }

  private static Tensor part(Tensor x, int from, int to) {
    return x.slice(0, from, to);
  }

  private static void product(Tensor a, Tensor b, Tensor out) {
    Backends.of(out.device()).matmul(a, b, MatmulTail.NONE, out);
  }

  private Tensor zeros(Shape shape) {
    return Tensor.full(h.dtype(), shape, h.device(), 0);
  }

  private Tensor repeated(double value, int count) {
    return Tensor.full(h.dtype(), Shape.of(count), h.device(), value);
  }

  private int[] rowsWithTarget(int from, int to) {
    return IntStream.range(0, rows).filter(i -> targets[i] >= from && targets[i] < to).toArray();
  }

  /** Where in a chunk the right classes of rows stand. */
  private Tensor positions(int[] found, int from, int to) {
    int[] positions = Arrays.stream(found).map(i -> i * (to - from) + targets[i] - from).toArray();
    return RowElements.of(positions, h.device());
  }
}
