package dev.weft.nn;

import static dev.weft.autograd.op.Linear.linear;

import dev.weft.autograd.Variable;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.UnaryOp;

/**
 * {@code y = x Wᵀ + b}, PyTorch's layout.
 *
 * @param weight W, [out, in]; null where it is packed
 * @param bias b, [out], or null
 * @param packed W laid out for products, in place of {@code weight}; null where W can be trained
 */
public record Linear(Variable weight, Variable bias, PackedMatrix packed) implements Module {
  /** N(0, 0.02²), as BERT and M²SE start their weights. */
  static final Init WEIGHT = Init.normal(0.02);

  /** A map whose weight lies as it is. */
  public Linear(Variable weight, Variable bias) {
    this(weight, bias, null);
  }

  /** Weights N(0, 0.02²), bias 0. */
  public static Linear create(Weights weights, int in, int out) {
    return create(weights, in, out, WEIGHT);
  }

  /** Weights by {@code init}, bias 0. */
  public static Linear create(Weights weights, int in, int out, Init init) {
    Linear linear = withoutBias(weights, in, out, init);
    Variable bias = weights.parameter("bias", Init.zeros(), out);
    return new Linear(linear.weight, bias, linear.packed);
  }

  /** The same without a bias. */
  public static Linear withoutBias(Weights weights, int in, int out, Init init) {
    RowSource stored = weights.stored("weight");
    if (stored != null) {
      return new Linear(null, null, PackedMatrix.in(stored));
    }
    Variable weight = weights.parameter("weight", init, out, in);
    return weights.areConstant()
        ? new Linear(null, null, PackedMatrix.of(weight.value()))
        : new Linear(weight, null);
  }

  /** W, [out, in]; a copy where it is packed. */
  @Override
  public Variable weight() {
    return packed == null ? weight : Variable.of(packed.unpacked());
  }

  /** [..., in] to [..., out]. */
  public Variable forward(Variable x) {
    return packed == null ? linear(x, weight, bias) : linear(x, packed, bias, null);
  }

  /** {@code activation(x Wᵀ + b)}: [..., in] to [..., out]. */
  public Variable forward(Variable x, UnaryOp activation) {
    return packed == null
        ? linear(x, weight, bias, activation)
        : linear(x, packed, bias, activation);
  }

  /** Extent of the input's last axis. */
  public int in() {
    return packed == null ? weight.dim(1) : packed.rows();
  }

  /** Extent of the output's last axis. */
  public int out() {
    return packed == null ? weight.dim(0) : packed.columns();
  }
}
