package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;

/**
 * {@code y = a / b}; {@code da = g / b}, {@code db = -g · y / b}, each summed over the axes it was
 * stretched along.
 */
public final class Divide {
  private Divide() {}

  /** {@code a / b}, element by element; shapes broadcast. */
  public static Variable divide(Variable a, Variable b) {
    Tensor right = b.value();
    Tensor output = Ops.divide(a.value(), right);
    return Graph.record(
        "divide",
        output,
        (g, needed) -> {
          Tensor quotient = Ops.divide(g, right);
          Tensor da = needed[0] ? Ops.sumTo(quotient, a.shape()) : null;
          Tensor db = null;
          if (needed[1]) {
            Tensor terms = Ops.sumTo(Ops.multiply(quotient, output), b.shape());
            db = Ops.unary(UnaryOp.NEGATE, terms);
          }
          return new Tensor[] {da, db};
        },
        a,
        b);
  }
}
