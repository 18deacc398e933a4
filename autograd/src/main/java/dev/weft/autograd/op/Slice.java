package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** {@code y} is a range of an axis of {@code x}; {@code dx} is {@code g} there and 0 elsewhere. */
public final class Slice {
  private Slice() {}

  /** A view of the indices {@code from} (included) to {@code to} (excluded) of an axis. */
  public static Variable slice(Variable x, int axis, int from, int to) {
    Tensor output = x.value().slice(axis, from, to);
    return Graph.record(
        "slice",
        output,
        (g, needed) -> {
          Tensor dx = Tensor.full(x.dtype(), x.shape(), g.device(), 0);
          Ops.copyInto(dx.slice(axis, from, to), g);
          return new Tensor[] {dx};
        },
        x);
  }
}
