package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * {@code crossEntropy(x)} of the logits {@code x = h Wᵀ + b} over very many classes, without ever
 * holding all of [n, classes]. Each block of rows has its logits computed once: where a gradient is
 * wanted and the losses are folded to one number, the gradients are made in the same breath, up to
 * the factor that {@code backward} will come with. Only for {@link Reduction#NONE}, where that is a
 * factor for each row, the logits are computed once more.
 *
 * <p>{@code y_i = log(1 + exp(r_i - x_it))} with {@code r_i = log Σ_{j≠t} exp(x_ij)}, which keeps
 * its digits where class t is nearly certain. With {@code d_ij = g_i (softmax(x_i)_j - [j = t_i])}:
 * {@code dh = d W}, {@code dW = dᵀ h}, {@code db = Σ_i d_i}.
 */
public final class LinearCrossEntropy {
  /** Logits that are held at once: enough rows for the products to run well. */
  private static final int HELD = 1 << 22;

  /** The same where memory is fast and products run best in one piece. */
  private static final int HELD_BY_CUDA = 1 << 28;

  /**
   * Rows of a block at least, however many the classes: their logits are as many as W's weights.
   */
  private static final int ROWS = 64;

  private LinearCrossEntropy() {}

  /**
   * Cross-entropy of rows with the classes that are right.
   *
   * @param h [n, d]
   * @param weight [classes, d]
   * @param bias [classes], or null for none
   * @param targets [n], I32 or I64, from 0 to classes - 1
   * @return a scalar; [n] for {@link Reduction#NONE}
   */
  public static Variable linearCrossEntropy(
      Variable h, Variable weight, Variable bias, Tensor targets, Reduction reduction) {
    check(h, weight, bias, targets);
    boolean isCuda = h.value().device().kind() == Device.Kind.CUDA;
    int held = isCuda ? HELD_BY_CUDA : HELD;
    return inBlocks(
        h, weight, bias, targets, reduction, Math.max(ROWS, held / Math.max(1, weight.dim(0))));
  }

  /** The same by {@code block} rows at a time. */
  static Variable inBlocks(
      Variable h, Variable weight, Variable bias, Tensor targets, Reduction reduction, int block) {
    Tensor b = bias == null ? null : bias.value();
    LogitBlocks blocks = new LogitBlocks(h.value(), weight.value(), b, targets, block);
    Variable[] inputs =
        bias == null ? new Variable[] {h, weight} : new Variable[] {h, weight, bias};
    if (reduction == Reduction.NONE || !Graph.remembers(inputs)) {
      return Graph.record(
          "linearCrossEntropy",
          CrossEntropy.reduce(blocks.losses(), reduction),
          (g, needed) -> blocks.differentiate(g, needed).gradients(),
          inputs);
    }
    boolean[] wanted = new boolean[inputs.length];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = inputs[i].requiresGrad();
    }
    Tensor one = Tensor.full(h.dtype(), Shape.of(), h.value().device(), 1);
    LogitBlocks.Result result =
        blocks.differentiate(CrossEntropy.shares(one, reduction, h.dim(0)), wanted);
    return Graph.record(
        "linearCrossEntropy",
        CrossEntropy.reduce(result.losses(), reduction),
        (g, needed) -> {
          Tensor[] gradients = result.gradients().clone();
          for (int i = 0; i < gradients.length; i++) {
            gradients[i] = needed[i] ? Ops.multiply(gradients[i], g) : null;
          }
          return gradients;
        },
        inputs);
  }

  private static void check(Variable h, Variable weight, Variable bias, Tensor targets) {
    boolean fits =
        h.shape().rank() == 2
            && weight.shape().rank() == 2
            && h.dim(1) == weight.dim(1)
            && (bias == null || bias.shape().equals(Shape.of(weight.dim(0))));
    if (!fits) {
      throw new TensorException(
          "linearCrossEntropy: h "
              + h.shape()
              + " must be [n, d], weight "
              + weight.shape()
              + " [classes, d]"
              + (bias == null ? "" : " and bias " + bias.shape() + " [classes]"));
    }
    CrossEntropy.check("linearCrossEntropy", h, targets);
  }
}
