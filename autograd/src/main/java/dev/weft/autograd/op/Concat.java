package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.List;

/** {@code y} is the inputs one after the other; the gradient of each is its range of {@code g}. */
public final class Concat {
  private Concat() {}

  /** Joins along an axis (negative: from the end); all other extents agree. */
  public static Variable concat(List<Variable> parts, int axis) {
    Tensor output = Ops.concat(parts.stream().map(Variable::value).toList(), axis);
    Variable[] inputs = parts.toArray(Variable[]::new);
    return Graph.record(
        "concat",
        output,
        (g, needed) -> {
          Tensor[] gradients = new Tensor[inputs.length];
          int at = 0;
          for (int i = 0; i < inputs.length; i++) {
            int extent = inputs[i].dim(axis);
            gradients[i] = g.slice(axis, at, at + extent);
            at += extent;
          }
          return gradients;
        },
        inputs);
  }
}
