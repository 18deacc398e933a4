package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** {@code y = c x} for a fixed number {@code c}; {@code dx = c g}. */
public final class Scale {
  private Scale() {}

  /** {@code factor · x}, of x's shape. */
  public static Variable scale(Variable x, double factor) {
    Tensor output = Ops.multiply(x.value(), factor);
    return Graph.record("scale", output, (g, needed) -> new Tensor[] {Ops.multiply(g, factor)}, x);
  }
}
