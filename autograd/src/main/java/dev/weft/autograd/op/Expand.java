package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** {@code y} repeats {@code x} along axes; {@code dx} is the sum of {@code g} over them. */
public final class Expand {
  private Expand() {}

  /** A view stretched by broadcasting: new axes come first, extents of 1 repeat. */
  public static Variable expand(Variable x, Shape shape) {
    Tensor output = x.value().expand(shape);
    return Graph.record("expand", output, (g, needed) -> new Tensor[] {Ops.sumTo(g, x.shape())}, x);
  }
}
