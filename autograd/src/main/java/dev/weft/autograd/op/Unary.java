package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import java.util.Locale;

/**
 * {@code y = f(x)}, element by element, for each {@link UnaryOp}; {@code dx = g · f'(x)}. The
 * derivatives stand beside the functions in the backend, where the two are fused into one loop.
 */
public final class Unary {
  private Unary() {}

  /** {@code op(x)}, of x's shape. */
  public static Variable unary(UnaryOp op, Variable x) {
    Tensor input = x.value();
    return Graph.record(
        op.name().toLowerCase(Locale.ROOT),
        Ops.unary(op, input),
        (g, needed) -> new Tensor[] {Ops.unaryBackward(op, input, g)},
        x);
  }

  /** {@link UnaryOp#GELU}. */
  public static Variable gelu(Variable x) {
    return unary(UnaryOp.GELU, x);
  }

  /** {@link UnaryOp#GELU_TANH}. */
  public static Variable geluTanh(Variable x) {
    return unary(UnaryOp.GELU_TANH, x);
  }

  /** {@link UnaryOp#QUICK_GELU}. */
  public static Variable quickGelu(Variable x) {
    return unary(UnaryOp.QUICK_GELU, x);
  }

  /** {@code max(x, 0)}; the derivative at 0 is taken as 0. */
  public static Variable relu(Variable x) {
    return unary(UnaryOp.RELU, x);
  }

  /** Hyperbolic tangent. */
  public static Variable tanh(Variable x) {
    return unary(UnaryOp.TANH, x);
  }

  /** {@code σ(x) = 1 / (1 + exp(-x))}. */
  public static Variable sigmoid(Variable x) {
    return unary(UnaryOp.SIGMOID, x);
  }

  /** {@code e^x}. */
  public static Variable exp(Variable x) {
    return unary(UnaryOp.EXP, x);
  }

  /** Natural logarithm. */
  public static Variable log(Variable x) {
    return unary(UnaryOp.LOG, x);
  }

  /** Square root. */
  public static Variable sqrt(Variable x) {
    return unary(UnaryOp.SQRT, x);
  }
}
