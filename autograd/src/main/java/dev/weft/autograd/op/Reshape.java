package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;

/** {@code y} has the elements of {@code x} in another shape; {@code dx} is {@code g} in x's. */
public final class Reshape {
  private Reshape() {}

  /**
   * The same elements in another shape; one extent may be -1 and is inferred. A view where the
   * strides allow it.
   */
  public static Variable reshape(Variable x, int... dims) {
    Tensor output = x.value().reshape(dims);
    return Graph.record(
        "reshape", output, (g, needed) -> new Tensor[] {g.reshape(x.shape().dims())}, x);
  }
}
