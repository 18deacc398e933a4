package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;

/**
 * {@code y} is {@code x} with its axes in another order; {@code dx} is {@code g} with them back.
 */
public final class Permute {
  private Permute() {}

  /** A view whose axis {@code i} is x's axis {@code order[i]}. */
  public static Variable permute(Variable x, int... order) {
    Tensor output = x.value().permute(order);
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[x.shape().axis(order[i])] = i;
    }
    return Graph.record("permute", output, (g, needed) -> new Tensor[] {g.permute(inverse)}, x);
  }
}
