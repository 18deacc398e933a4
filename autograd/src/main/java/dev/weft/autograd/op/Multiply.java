package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * {@code y = a · b}; {@code da = g · b}, {@code db = g · a}, each summed over the axes it was
 * stretched along.
 */
public final class Multiply {
  private Multiply() {}

  /** {@code a · b}, element by element; shapes broadcast. */
  public static Variable multiply(Variable a, Variable b) {
    Tensor left = a.value();
    Tensor right = b.value();
    Tensor output = Ops.multiply(left, right);
    return Graph.record(
        "multiply",
        output,
        (g, needed) -> {
          Tensor da = needed[0] ? Ops.sumTo(Ops.multiply(g, right), a.shape()) : null;
          Tensor db = needed[1] ? Ops.sumTo(Ops.multiply(g, left), b.shape()) : null;
          return new Tensor[] {da, db};
        },
        a,
        b);
  }
}
