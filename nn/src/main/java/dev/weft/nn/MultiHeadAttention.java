package dev.weft.nn;

import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Transpose.transpose;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

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
    Variable perHead =
        attention(
            project(x, 0),
            project(x, 1),
            project(x, 2),
            mask,
            scale(),
            dropout.probability(),
            dropout.key(mode));
    return output.forward(reshape(transpose(perHead, 1, 2), x.dim(0), x.dim(1), output.in()));
  }

  /**
   * How much each query attends to each key, as {@link #forward} uses it in inference.
   *
   * @return [batch, heads, seq, seq]; rows sum to 1, or are 0 where nothing may be attended to
   */
  public Tensor attentionMap(Variable x, Tensor mask) {
    Tensor query = project(x, 0).value();
    Tensor key = project(x, 1).value();
    Tensor scores = Ops.matmul(query, key.transpose(-1, -2), MatmulTail.scale(scale()));
    if (mask != null) {
      DType dtype = scores.dtype();
      Tensor never = Tensor.full(dtype, Shape.of(), Device.CPU, Double.NEGATIVE_INFINITY);
      scores = Ops.where(mask, scores, never);
    }
    return Ops.softmax(scores, -1);
  }

  /**
   * Q, K or V (part 0, 1, 2): [batch, heads, seq, headDim]. Slicing the weight rather than the
   * product keeps the gradient of a slice as small as the weight.
   */
  private Variable project(Variable x, int part) {
    int hidden = output.in();
    int from = part * hidden;
    int to = from + hidden;
    Variable projected =
        linear(
            x,
            slice(queryKeyValue.weight(), 0, from, to),
            slice(queryKeyValue.bias(), 0, from, to));
    return transpose(reshape(projected, x.dim(0), x.dim(1), heads, hidden / heads), 1, 2);
  }

  private double scale() {
    return 1 / Math.sqrt((double) output.in() / heads);
  }
}
