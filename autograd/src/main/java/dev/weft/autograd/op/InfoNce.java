package dev.weft.autograd.op;

import static dev.weft.autograd.op.CrossEntropy.crossEntropy;
import static dev.weft.autograd.op.L2Normalize.l2Normalize;
import static dev.weft.autograd.op.MatmulTransposed.matmulTransposed;
import static dev.weft.autograd.op.Scale.scale;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Arrays;

/**
 * Contrast of pairs by cosine similarity (InfoNCE; van den Oord et al., arXiv 1807.03748): {@code y
 * = -1/n Σ_i log( exp(cos(a_i, b_i)/τ) / Σ_j exp(cos(a_i, b_j)/τ) )}. Composed from {@link
 * L2Normalize}, {@link MatmulTransposed}, {@link Scale} and {@link CrossEntropy}, which have the
 * gradients.
 */
public final class InfoNce {
  private static final double LEAST_NORM = 1e-12;

  private InfoNce() {}

  /**
   * Each row of {@code a} shall be nearer to its row of {@code b} than to all others.
   *
   * @param a [n, d]
   * @param b [n, d]
   * @param temperature τ
   * @return a scalar
   */
  public static Variable infoNce(Variable a, Variable b, double temperature) {
    if (a.shape().rank() != 2 || !a.shape().equals(b.shape())) {
      throw new TensorException(
          "infoNce: a " + a.shape() + " and b " + b.shape() + " must both be [n, d]");
    }
    int[] own = new int[a.dim(0)];
    Arrays.setAll(own, i -> i);
    Variable cosines =
        matmulTransposed(l2Normalize(a, -1, LEAST_NORM), l2Normalize(b, -1, LEAST_NORM));
    return crossEntropy(
        scale(cosines, 1 / temperature), Tensor.of(own, own.length), Reduction.MEAN);
  }
}
