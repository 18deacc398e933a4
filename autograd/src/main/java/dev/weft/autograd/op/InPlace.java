package dev.weft.autograd.op;

import dev.weft.tensor.Backends;
import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;

/**
 * {@code target = op(target, x)}, {@code x} stretched to the target's shape. Only for memory that
 * the caller has just allocated itself: never for an op's input, output or incoming gradient.
 */
final class InPlace {
  private InPlace() {}

  static Tensor binary(BinaryOp op, Tensor target, Tensor x) {
    Backends.of(target.device()).binary(op, target, x.expand(target.shape()), target);
    return target;
  }

  static Tensor multiply(Tensor target, Tensor x) {
    return binary(BinaryOp.MULTIPLY, target, x);
  }

  static Tensor divide(Tensor target, Tensor x) {
    return binary(BinaryOp.DIVIDE, target, x);
  }

  static Tensor subtract(Tensor target, Tensor x) {
    return binary(BinaryOp.SUBTRACT, target, x);
  }

  static Tensor negate(Tensor target) {
    Backends.of(target.device()).unary(UnaryOp.NEGATE, target, target);
    return target;
  }
}
