package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** {@code y = x + c} for a fixed number {@code c}; {@code dx = g}. */
public final class AddScalar {
  private AddScalar() {}

  /** {@code x + value}, of x's shape. */
  public static Variable addScalar(Variable x, double value) {
    Tensor output = Ops.add(x.value(), value);
    return Graph.record("addScalar", output, (g, needed) -> new Tensor[] {g}, x);
  }
}
