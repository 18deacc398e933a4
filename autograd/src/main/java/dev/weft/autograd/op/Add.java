package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * {@code y = a + b}; {@code da = g}, {@code db = g}, each summed over the axes it was stretched
 * along.
 */
public final class Add {
  private Add() {}

  /** {@code a + b}, element by element; shapes broadcast. */
  public static Variable add(Variable a, Variable b) {
    Tensor output = Ops.add(a.value(), b.value());
    return Graph.record(
        "add",
        output,
        (g, needed) -> {
          return new Tensor[] {
            needed[0] ? Ops.sumTo(g, a.shape()) : null, needed[1] ? Ops.sumTo(g, b.shape()) : null
          };
        },
        a,
        b);
  }
}
