package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;

/**
 * {@code y = x Wᵀ + b} over the rows of {@code x}; {@code dx = g W}, {@code dW = gᵀ x}, {@code db =
 * Σ g}, the sums over all rows. The weight is [out, in], as PyTorch stores it.
 */
public final class Linear {
  private Linear() {}

  /**
   * An affine map of the last axis.
   *
   * @param x [..., in]
   * @param weight [out, in]
   * @param bias [out], or null for none
   * @return [..., out]
   */
  public static Variable linear(Variable x, Variable weight, Variable bias) {
    check(x, weight);
    Tensor w = weight.value();
    Tensor rows = x.value().reshape(-1, x.dim(-1));
    Tensor output = product(x, w, tail(bias));
    Variable[] inputs =
        bias == null ? new Variable[] {x, weight} : new Variable[] {x, weight, bias};
    return Graph.record(
        "linear",
        output,
        (g, needed) -> {
          Tensor gradRows = g.reshape(-1, w.dim(0));
          Tensor[] gradients = new Tensor[needed.length];
          if (needed[0]) {
            gradients[0] = Ops.matmul(gradRows, w).reshape(x.shape().dims());
          }
          if (needed[1]) {
            gradients[1] = Ops.matmul(gradRows.transpose(0, 1), rows);
          }
          if (needed.length > 2 && needed[2]) {
            gradients[2] = Ops.sum(gradRows, false, 0);
          }
          return gradients;
        },
        inputs);
  }

  /**
   * {@code activation(x Wᵀ + b)}; where no gradient is wanted the activation is part of the product
   * and sees its elements before they have left the cache.
   */
  public static Variable linear(Variable x, Variable weight, Variable bias, UnaryOp activation) {
    if (Graph.remembers(x, weight, bias)) {
      return Unary.unary(activation, linear(x, weight, bias));
    }
    check(x, weight);
    return Variable.of(product(x, weight.value(), tail(bias).then(activation)));
  }

  /**
   * {@code activation(x Wᵀ + b)} with a weight that is packed, and so a constant. Where x or b asks
   * for a gradient, the weight is unpacked for its sake.
   *
   * @param activation or null
   */
  public static Variable linear(
      Variable x, PackedMatrix weight, Variable bias, UnaryOp activation) {
    if (Graph.remembers(x, bias)) {
      Variable plain = linear(x, Variable.of(weight.unpacked()), bias);
      return activation == null ? plain : Unary.unary(activation, plain);
    }
    return Variable.of(Ops.matmul(x.value(), weight, tail(bias).then(activation)));
  }

  private static MatmulTail tail(Variable bias) {
    return MatmulTail.bias(bias == null ? null : bias.value());
  }

  private static Tensor product(Variable x, Tensor w, MatmulTail tail) {
    Tensor rows = x.value().reshape(-1, x.dim(-1));
    Tensor product = Ops.matmul(rows, w.transpose(0, 1), tail);
    return product.reshape(x.shape().with(-1, w.dim(0)).dims());
  }

  private static void check(Variable x, Variable weight) {
    if (weight.shape().rank() != 2 || x.shape().rank() == 0 || x.dim(-1) != weight.dim(1)) {
      throw new TensorException(
          "linear: x "
              + x.shape()
              + " needs a weight [out, in] with in = its last extent; it is "
              + weight.shape());
    }
  }
}
