package dev.weft.nn;

import static dev.weft.autograd.op.SelfAttention.selfAttention;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.SelfAttention.Heads;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.List;

/**
 * Multi-head self-attention: {@code concat_h(softmax(Q_h K_hᵀ / √headDim) V_h) W_O + b_O}; Vaswani
 * et al., arXiv 1706.03762, section 3.2.
 *
 * @param queryKeyValue the projections to Q, K and V one below the other, [3 hidden, hidden]; a
 *     checkpoint that keeps three tensors is read through a {@link dev.weft.nn.checkpoint.Naming}
 * @param output W_O and b_O, [hidden, hidden]
 * @param dropout on the attention probabilities
 */
public record MultiHeadAttention(Linear queryKeyValue, Linear output, int heads, Dropout dropout)
    implements Module {

  /** Checks that the heads divide the width. */
  public MultiHeadAttention {
    if (heads < 1 || output.in() % heads != 0) {
      throw new TensorException(
          "attention: hidden size " + output.in() + " does not split into " + heads + " heads");
    }
  }

  /** Weights N(0, 0.02²), biases 0. */
  public static MultiHeadAttention create(
      Weights weights, int hiddenSize, int heads, double dropout) {
    return new MultiHeadAttention(
        Linear.create(weights.at("queryKeyValue"), hiddenSize, 3 * hiddenSize),
        Linear.create(weights.at("output"), hiddenSize, hiddenSize),
        heads,
        new Dropout(dropout));
  }

  /**
   * Every position looks at the ones it may.
   *
   * @param x [batch, seq, hidden]
   * @param mask BOOL, true = attend, broadcastable to [batch, heads, seq, seq]; null = all
   * @return [batch, seq, hidden]
   */
  public Variable forward(Variable x, Tensor mask, Mode mode) {
    return forwardGroups(x, List.of(new Sequences(x.dim(0), x.dim(1), mask)), mode);
  }

  /**
   * Every position looks at the ones of its sequence that it may; sequences of different lengths
   * stand one after the other, with nothing between them.
   *
   * @param x [..., hidden], the positions of all groups in their order
   * @return of x's shape
   */
  public Variable forwardGroups(Variable x, List<Sequences> groups, Mode mode) {
    Heads drawn = drawHeads(groups.size(), mode);
    return output.forward(selfAttention(queryKeyValue.forward(x), groups, drawn));
  }

  /** The heads, and a dropout mask for each of so many groups of sequences. */
  public Heads drawHeads(int groups, Mode mode) {
    List<RandomKey> keys = new ArrayList<>();
    boolean drops = mode.isTraining() && dropout.probability() > 0;
    for (int i = 0; i < groups && drops; i++) {
      keys.add(dropout.key(mode));
    }
    return new Heads(heads, dropout.probability(), keys);
  }

  /**
   * How much each query attends to each key, as {@link #forward} uses it in inference.
   *
   * @return [batch, heads, seq, seq]; rows sum to 1, or are 0 where nothing may be attended to
   */
  public Tensor attentionMap(Variable x, Tensor mask) {
    int hidden = output.in();
    Tensor projected = queryKeyValue.forward(x).value();
    Tensor parts = projected.reshape(x.dim(0), x.dim(1), 3, heads, hidden / heads);
    Tensor query = parts.select(2, 0).transpose(1, 2);
    Tensor key = parts.select(2, 1).transpose(1, 2);
    double scale = 1 / Math.sqrt((double) hidden / heads);
    Tensor scores = Ops.matmul(query, key.transpose(-1, -2), MatmulTail.scale(scale));
    if (mask != null) {
      DType dtype = scores.dtype();
      Tensor never = Tensor.full(dtype, Shape.of(), scores.device(), Double.NEGATIVE_INFINITY);
      scores = Ops.where(mask.to(scores.device()), scores, never);
    }
    return Ops.softmax(scores, -1);
  }
}
