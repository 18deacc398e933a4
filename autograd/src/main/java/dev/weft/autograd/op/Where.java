package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * {@code y = condition ? a : b}; {@code da} is {@code g} where the condition holds and 0 elsewhere,
 * {@code db} the reverse, each summed over the axes it was stretched along.
 */
public final class Where {
  private Where() {}

  /**
   * Chooses element by element; the condition is BOOL, on the operands' device or any other, and
   * all three broadcast.
   */
  public static Variable where(Tensor condition, Variable a, Variable b) {
    Tensor near = condition.to(a.value().device());
    return Graph.record(
        "where",
        Ops.where(near, a.value(), b.value()),
        (g, needed) -> {
          Tensor none = Tensor.full(g.dtype(), Shape.of(), g.device(), 0);
          Tensor da = needed[0] ? Ops.sumTo(Ops.where(near, g, none), a.shape()) : null;
          Tensor db = needed[1] ? Ops.sumTo(Ops.where(near, none, g), b.shape()) : null;
          return new Tensor[] {da, db};
        },
        a,
        b);
  }
}
