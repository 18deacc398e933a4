package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.Vjp;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * A residual connection and the layer norm after it in one pass, {@code s = x + residual; y =
 * layerNorm(s)}: {@code dx = dresidual = ds}, with ds as {@link LayerNorm} has it, and for {@link
 * #sumAndLayerNorm} what comes back to s itself added to that.
 */
public final class AddLayerNorm {
  private AddLayerNorm() {}

  /**
   * Layer normalisation of a sum over the last axis.
   *
   * @param x [..., n]
   * @param residual of x's shape
   * @param gamma scale, [n]
   * @param beta shift, [n]
   * @param epsilon added to the variance
   * @return of x's shape
   */
  public static Variable addLayerNorm(
      Variable x, Variable residual, Variable gamma, Variable beta, double epsilon) {
    Tensor scale = gamma.value();
    if (NoGrad.isActive()) {
      // Nobody will ask for the sum again.
      return Variable.of(
          Ops.addLayerNorm(x.value(), residual.value(), scale, beta.value(), epsilon).output());
    }
    Ops.SumAndLayerNorm both =
        Ops.sumAndLayerNorm(x.value(), residual.value(), scale, beta.value(), epsilon);
    Vjp norm = LayerNorm.vjp(both.sum(), scale, both.norm());
    return Graph.record(
        "addLayerNorm",
        both.norm().output(),
        (g, needed) -> {
          Tensor[] gradients = norm.apply(g, new boolean[] {true, needed[2], needed[3]});
          return new Tensor[] {gradients[0], gradients[0], gradients[1], gradients[2]};
        },
        x,
        residual,
        gamma,
        beta);
  }

  /** A sum, [..., n], and its layer norm, of the same shape. */
  public record Result(Variable sum, Variable norm) {}

  /** The sum as well as its layer norm; arguments as for {@link #addLayerNorm}. */
  public static Result sumAndLayerNorm(
      Variable x, Variable residual, Variable gamma, Variable beta, double epsilon) {
    Tensor scale = gamma.value();
    Ops.SumAndLayerNorm both =
        Ops.sumAndLayerNorm(x.value(), residual.value(), scale, beta.value(), epsilon);
    Variable sum = Graph.record("add", both.sum(), (g, needed) -> new Tensor[] {g, g}, x, residual);
    Variable norm =
        Graph.record(
            "layerNorm",
            both.norm().output(),
            LayerNorm.vjp(both.sum(), scale, both.norm()),
            sum,
            gamma,
            beta);
    return new Result(sum, norm);
  }
}
