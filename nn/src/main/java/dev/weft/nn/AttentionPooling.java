package dev.weft.nn;

import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Matmul.matmul;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Softmax.softmax;
import static dev.weft.autograd.op.Where.where;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * One vector for several, weighted by what they say: {@code α = softmax((x W_1 + b_1) W_2 + b_2)}
 * over the sentences, {@code e = Σ_j α_j x_j} (MP4SR, arXiv 2303.11879, section "text and image
 * encoders").
 *
 * @param projection W_1 and b_1, [hidden, width]
 * @param score W_2 and b_2, [1, hidden]
 */
public record AttentionPooling(Linear projection, Linear score, Variant variant) implements Module {

  /** How missing sentences are treated and whether the pooling learns. */
  public enum Variant {
    /** Missing sentences have no say; the pooling is trained. */
    MASKED_TRAINED,
    /**
     * Missing sentences, zero rows, take part in the softmax, and no gradient passes: what the
     * authors' code computes.
     */
    UNMASKED_FROZEN
  }

  /** Weights N(0, 0.02²), biases 0. */
  public static AttentionPooling create(Weights weights, int width, int hidden, Variant variant) {
    return new AttentionPooling(
        Linear.create(weights.at("projection"), width, hidden),
        Linear.create(weights.at("score"), hidden, 1),
        variant);
  }

  /**
   * Pools each group of sentences.
   *
   * @param x [groups, sentences, width]; zero rows where a sentence is missing
   * @param mask [groups, sentences] BOOL, true where there is a sentence; null = everywhere
   * @return [groups, width]; zeros where a group has no sentence at all
   */
  public Variable forward(Variable x, Tensor mask) {
    Variable weights = weights(x, mask);
    Variable pooled = matmul(reshape(weights, x.dim(0), 1, x.dim(1)), x);
    Variable rows = reshape(pooled, x.dim(0), x.dim(2));
    return variant == Variant.UNMASKED_FROZEN ? rows.detach() : rows;
  }

  /** α: [groups, sentences, width] to [groups, sentences]. */
  public Variable weights(Variable x, Tensor mask) {
    // Two linear maps in a row are one: (x W_1 + b_1) W_2 + b_2 = x (W_1 W_2) + (b_1 W_2 + b_2),
    // which saves the product of every sentence with the much larger W_1.
    Variable weight = matmul(score.weight(), projection.weight());
    Variable bias = linear(projection.bias(), score.weight(), score.bias());
    Variable logits = reshape(linear(x, weight, bias), x.dim(0), x.dim(1));
    if (mask != null && variant == Variant.MASKED_TRAINED) {
      Tensor value = logits.value();
      logits =
          where(
              mask,
              logits,
              Variable.of(
                  Tensor.full(
                      value.dtype(), Shape.of(), value.device(), Double.NEGATIVE_INFINITY)));
    }
    return softmax(logits, -1);
  }
}
