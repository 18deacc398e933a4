package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** {@code y_i = x_i - log Σ_j exp(x_j)}; {@code dx = g - exp(y) Σ g}. */
public final class LogSoftmax {
  private LogSoftmax() {}

  /** The logarithm of the softmax along an axis (negative: from the end), of x's shape. */
  public static Variable logSoftmax(Variable x, int axis) {
    Tensor y = Ops.logSoftmax(x.value(), axis);
    return Graph.record(
        "logSoftmax",
        y,
        (g, needed) -> {
          Tensor rows = y.transpose(axis, -1);
          Tensor dx = Ops.emptyLike(rows);
          Backends.of(y.device()).logSoftmaxBackward(rows, g.transpose(axis, -1), dx);
          return new Tensor[] {dx.transpose(axis, -1)};
        },
        x);
  }
}
