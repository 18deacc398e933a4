package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** {@code y = log Σ_j exp(x_j)}, computed from {@code x - max}; {@code dx = g softmax(x)}. */
public final class LogSumExp {
  private LogSumExp() {}

  /** Folds an axis (negative: from the end), which disappears. */
  public static Variable logSumExp(Variable x, int axis) {
    Tensor rows = Axes.move(x.value(), axis, -1);
    return Graph.record(
        "logSumExp",
        Ops.logSumExp(rows),
        (g, needed) -> {
          Tensor dx = InPlace.multiply(Ops.softmax(rows, -1), g.unsqueeze(-1));
          return new Tensor[] {Axes.move(dx, -1, axis)};
        },
        x);
  }
}
