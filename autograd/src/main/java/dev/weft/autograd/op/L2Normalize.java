package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;

/**
 * {@code y = x / n} with {@code n = max(‖x‖, ε)} along an axis; {@code dx = (g - y Σ y g) / n}, and
 * {@code g / ε} where ‖x‖ is not above ε: there n is constant.
 */
public final class L2Normalize {
  private L2Normalize() {}

  /**
   * Scales to unit length along an axis (negative: from the end); of x's shape.
   *
   * @param epsilon the least number to divide by
   */
  public static Variable l2Normalize(Variable x, int axis, double epsilon) {
    Tensor input = x.value();
    Tensor squares = Ops.sum(Ops.multiply(input, input), true, axis);
    Tensor lengths = Ops.unary(UnaryOp.SQRT, squares);
    Tensor least = Tensor.full(x.dtype(), lengths.shape(), input.device(), epsilon);
    Tensor divisors = Ops.binary(BinaryOp.MAXIMUM, lengths, least);
    Tensor y = Ops.divide(input, divisors);
    return Graph.record(
        "l2Normalize",
        y,
        (g, needed) -> {
          Tensor along = Ops.sum(Ops.multiply(y, g), true, axis);
          Tensor varies = Ops.compare(CompareOp.GREATER, lengths, least);
          Tensor none = Tensor.full(g.dtype(), along.shape(), g.device(), 0);
          Tensor dx = Ops.multiply(y, Ops.where(varies, along, none));
          dx = InPlace.divide(InPlace.subtract(dx, g), divisors);
          return new Tensor[] {InPlace.negate(dx)};
        },
        x);
  }
}
