package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** {@code y_i = exp(x_i) / Σ_j exp(x_j)}; {@code dx = y (g - Σ y g)}. */
public final class Softmax {
  private Softmax() {}

  /**
   * Softmax along an axis (negative: from the end), of x's shape. Where all of a row is negative
   * infinity, the result is 0.
   */
  public static Variable softmax(Variable x, int axis) {
    Tensor y = Ops.softmax(x.value(), axis);
    return Graph.record(
        "softmax",
        y,
        (g, needed) -> {
          Tensor rows = y.transpose(axis, -1);
          Tensor dx = Ops.emptyLike(rows);
          Backends.of(y.device()).softmaxBackward(rows, g.transpose(axis, -1), dx);
          return new Tensor[] {dx.transpose(axis, -1)};
        },
        x);
  }
}
