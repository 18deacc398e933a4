package dev.weft.autograd.op;

import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.Linear.linear;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Device;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * {@code crossEntropy(x)} of the logits {@code x = h Wᵀ + b} over very many classes, without ever
 * holding all of [n, classes]: chunks of classes are computed, folded into a log-sum-exp and
 * forgotten (Milakov and Gimelshein, arXiv 1805.02867), and computed once more going back.
 *
 * <p>{@code y_i = log(1 + exp(r_i - x_it))} with {@code r_i = log Σ_{j≠t} exp(x_ij)}, which keeps
 * its digits where class t is nearly certain. With {@code d_ij = g_i (softmax(x_i)_j - [j = t_i])}:
 * {@code dh = d W}, {@code dW = dᵀ h}, {@code db = Σ_i d_i}.
 */
public final class LinearCrossEntropy {
  /** Logits few enough to be kept: they are had quicker than computed again. */
  private static final int FEW = 1 << 22;

  /** The same where memory is fast and products run best in one piece. */
  private static final int FEW_FOR_CUDA = 1 << 28;

  /** Logits of a chunk: enough for the products to run well, few enough for the cache. */
  private static final int CHUNK = 1 << 19;

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
    if ((long) h.dim(0) * weight.dim(0) <= (isCuda ? FEW_FOR_CUDA : FEW)) {
      return crossEntropy(linear(h, weight, bias), targets, reduction);
    }
    return inChunks(h, weight, bias, targets, reduction, Math.max(64, CHUNK / h.dim(0)));
  }

  /** The same by {@code chunk} classes at a time. */
  static Variable inChunks(
      Variable h, Variable weight, Variable bias, Tensor targets, Reduction reduction, int chunk) {
    Tensor b = bias == null ? null : bias.value();
    ClassChunks chunks = new ClassChunks(h.value(), weight.value(), b, targets, chunk);
    Variable[] inputs =
        bias == null ? new Variable[] {h, weight} : new Variable[] {h, weight, bias};
    return Graph.record(
        "linearCrossEntropy",
        CrossEntropy.reduce(chunks.losses(), reduction),
        (g, needed) -> chunks.gradients(CrossEntropy.shares(g, reduction, h.dim(0)), needed),
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
