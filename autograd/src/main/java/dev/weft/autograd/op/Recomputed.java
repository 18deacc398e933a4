package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code y = f(x)} of which nothing but y is kept: going back, {@code f} is computed once more,
 * with its graph this time, and its gradients are had from that (Chen et al., "Training Deep Nets
 * with Sublinear Memory Cost", arXiv 1604.06174). Memory for time.
 */
public final class Recomputed {
  private Recomputed() {}

  /**
   * Computes {@code function} and forgets how.
   *
   * @param function gives the same numbers whenever it is asked: what is random in it must be drawn
   *     from the same place each time
   * @param inputs every variable that {@code function} is told of and that wants a gradient
   */
  public static Variable recomputed(Supplier<Variable> function, List<Variable> inputs) {
    Tensor output;
    try (Scope scope = Scope.open();
        NoGrad _ = NoGrad.open()) {
      output = scope.keep(function.get().value());
    }
    return Graph.record(
        "recomputed",
        output,
        (g, needed) -> Graph.gradients(function.get(), g, inputs),
        inputs.toArray(Variable[]::new));
  }
}
