package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;

/**
 * {@code y = a - b}; {@code da = g}, {@code db = -g}, each summed over the axes it was stretched
 * along.
 */
public final class Subtract {
  private Subtract() {}

  /** {@code a - b}, element by element; shapes broadcast. */
  public static Variable subtract(Variable a, Variable b) {
    Tensor output = Ops.subtract(a.value(), b.value());
    return Graph.record(
        "subtract",
        output,
        (g, needed) -> {
          Tensor da = needed[0] ? Ops.sumTo(g, a.shape()) : null;
          Tensor db = needed[1] ? Ops.unary(UnaryOp.NEGATE, Ops.sumTo(g, b.shape())) : null;
          return new Tensor[] {da, db};
        },
        a,
        b);
  }
}
