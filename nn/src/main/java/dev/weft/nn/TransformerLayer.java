package dev.weft.nn;

import static dev.weft.autograd.op.Add.add;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.AddLayerNorm;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * One Transformer encoder layer: self-attention, then a feed-forward network, each added to what
 * came in and normalised after ({@link NormPlacement#POST}) or before ({@link NormPlacement#PRE}).
 *
 * @param attentionNorm the layer norm at the attention
 * @param feedForwardNorm the layer norm at the feed-forward network
 * @param dropout on what attention and feed-forward add
 */
public record TransformerLayer(
    MultiHeadAttention attention,
    LayerNorm attentionNorm,
    FeedForward feedForward,
    LayerNorm feedForwardNorm,
    NormPlacement norm,
    Dropout dropout)
    implements Module {

  /** Weights N(0, 0.02²), biases 0, norms 1 and 0. */
  public static TransformerLayer create(Weights weights, TransformerConfig config) {
    int hidden = config.hiddenSize();
    return new TransformerLayer(
        MultiHeadAttention.create(
            weights.at("attention"), hidden, config.heads(), config.attentionDropout()),
        LayerNorm.create(weights.at("attentionNorm"), hidden, config.epsilon()),
        FeedForward.create(
            weights.at("feedForward"), hidden, config.feedForwardSize(), config.activation()),
        LayerNorm.create(weights.at("feedForwardNorm"), hidden, config.epsilon()),
        config.norm(),
        new Dropout(config.hiddenDropout()));
  }

  /**
   * One layer.
   *
   * @param x [batch, seq, hidden]
   * @param mask see {@link MultiHeadAttention#forward}
   * @return [batch, seq, hidden]
   */
  public Variable forward(Variable x, Tensor mask, Mode mode) {
    return forwardGroups(x, List.of(new Sequences(x.dim(0), x.dim(1), mask)), mode);
  }

  /**
   * One layer over sequences of different lengths.
   *
   * @param x [..., hidden], the positions of all groups in their order
   * @return of x's shape
   */
  public Variable forwardGroups(Variable x, List<Sequences> groups, Mode mode) {
    if (norm == NormPlacement.PRE) {
      Variable attended = attention.forwardGroups(attentionNorm.forward(x), groups, mode);
      AddLayerNorm.Result middle = feedForwardNorm.withSum(x, dropout.forward(attended, mode));
      Variable transformed = feedForward.forward(middle.norm());
      return add(middle.sum(), dropout.forward(transformed, mode));
    }
    Variable attended = attention.forwardGroups(x, groups, mode);
    Variable middle = attentionNorm.ofSum(x, dropout.forward(attended, mode));
    Variable transformed = feedForward.forward(middle);
    return feedForwardNorm.ofSum(middle, dropout.forward(transformed, mode));
  }

  /** What this layer's heads attend to, [batch, heads, seq, seq]; {@code x} as in forward. */
  public Tensor attentionMap(Variable x, Tensor mask) {
    boolean isPreNorm = norm == NormPlacement.PRE;
    return attention.attentionMap(isPreNorm ? attentionNorm.forward(x) : x, mask);
  }
}
