package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;

/**
 * {@code y = max_j x_j} along an axis; {@code dx} is {@code g} at the first greatest, 0 elsewhere.
 */
public final class Max {
  private Max() {}

  /**
   * The greatest elements along an axis (negative: from the end).
   *
   * @param keepDims whether the axis stays with extent 1
   */
  public static Variable max(Variable x, boolean keepDims, int axis) {
    Tensor rows = Axes.move(x.value(), axis, -1);
    return Graph.record(
        "max",
        Ops.reduce(ReduceOp.MAX, x.value(), keepDims, axis),
        (g, needed) -> {
          Tensor greatest = RowElements.positions("max", Ops.argMax(rows), rows);
          Tensor dx = Tensor.full(rows.dtype(), rows.shape(), rows.device(), 0);
          RowElements.add(dx, greatest, g);
          return new Tensor[] {Axes.move(dx, -1, axis)};
        },
        x);
  }
}
