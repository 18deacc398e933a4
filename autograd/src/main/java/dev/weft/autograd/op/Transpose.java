package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;

/**
 * {@code y} is {@code x} with two axes exchanged; {@code dx} is {@code g} with them exchanged back.
 */
public final class Transpose {
  private Transpose() {}

  /** A view with two axes exchanged. */
  public static Variable transpose(Variable x, int axis0, int axis1) {
    Tensor output = x.value().transpose(axis0, axis1);
    return Graph.record(
        "transpose", output, (g, needed) -> new Tensor[] {g.transpose(axis0, axis1)}, x);
  }
}
