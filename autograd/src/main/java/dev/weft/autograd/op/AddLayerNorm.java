package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.Vjp;
import dev.weft.tensor.LayerNormInputs;
import dev.weft.tensor.LayerNormOps;
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
    LayerNormInputs in = inputs(x, residual, gamma, beta, epsilon);
    if (NoGrad.isActive()) {
      // Nobody will ask for the sum again.
      return Variable.of(LayerNormOps.layerNormOnly(in));
    }
    LayerNormOps.Result result = LayerNormOps.layerNorm(in);
    Vjp norm = LayerNorm.vjp(in.gamma(), result);
    return Graph.record(
        "addLayerNorm",
        result.output(),
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
    LayerNormInputs in = inputs(x, residual, gamma, beta, epsilon);
    LayerNormOps.Result result = LayerNormOps.layerNorm(in);
    Variable sum =
        Graph.record("add", result.sum(), (g, needed) -> new Tensor[] {g, g}, x, residual);
    Vjp vjp = LayerNorm.vjp(in.gamma(), result);
    return new Result(sum, Graph.record("layerNorm", result.output(), vjp, sum, gamma, beta));
  }

  private static LayerNormInputs inputs(
      Variable x, Variable residual, Variable gamma, Variable beta, double epsilon) {
    return new LayerNormInputs(x.value(), residual.value(), gamma.value(), beta.value(), epsilon);
  }
}
