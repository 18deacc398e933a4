package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * Scaled dot-product attention (Vaswani et al., arXiv 1706.03762, eq. 1): {@code y = D v} with
 * {@code P = softmax(scale · q kᵀ)} over the keys that the mask lets through and {@code D =
 * dropout(P)}.
 *
 * <p>Backwards: {@code dv = Dᵀ g}; {@code dP = dropout'(g vᵀ)}; {@code dS = P (dP - Σ P dP)};
 * {@code dq = scale · dS k}; {@code dk = scale · dSᵀ q}.
 */
public final class Attention {
  private Attention() {}

  /**
   * Attention of every query to the keys.
   *
   * @param q [batch, heads, seqQ, headDim]
   * @param k [batch, heads, seqK, headDim]
   * @param v [batch, heads, seqK, valueDim]
   * @param mask BOOL, true = attend, broadcastable to [batch, heads, seqQ, seqK]; null: all
   * @param scale factor on the scores, usually {@code 1/√headDim}
   * @param dropout probability that a weight is zeroed
   * @param key names the dropout mask; null: no dropout
   * @return [batch, heads, seqQ, valueDim]; 0 for a query that has nothing to attend to
   */
  public static Variable attention(
      Variable q,
      Variable k,
      Variable v,
      Tensor mask,
      double scale,
      double dropout,
      RandomKey key) {
    check(q, k, v, mask);
    boolean drops = key != null && dropout > 0;
    Tensor weights = weights(q.value(), k.value(), mask, scale);
    Tensor dropped = drops ? Ops.dropout(weights, dropout, key) : weights;
    return Graph.record(
        "attention",
        Ops.matmul(dropped, v.value()),
        (g, needed) -> {
          Tensor[] gradients = new Tensor[3];
          if (needed[2]) {
            gradients[2] = Ops.matmul(dropped.transpose(-1, -2), g);
          }
          if (needed[0] || needed[1]) {
            Tensor dWeights = Ops.matmul(g, v.value().transpose(-1, -2));
            dWeights = drops ? Ops.dropout(dWeights, dropout, key) : dWeights;
            Tensor dScores = Ops.emptyLike(weights);
            Backends.of(g.device()).softmaxBackward(weights, dWeights, dScores);
            MatmulTail tail = MatmulTail.scale(scale);
            if (needed[0]) {
              gradients[0] = Ops.matmul(dScores, k.value(), tail);
            }
            if (needed[1]) {
              gradients[1] = Ops.matmul(dScores.transpose(-1, -2), q.value(), tail);
            }
          }
          return gradients;
        },
        q,
        k,
        v);
  }

  /** {@code softmax(scale · q kᵀ)} over the keys that the mask lets through. */
  private static Tensor weights(Tensor q, Tensor k, Tensor mask, double scale) {
    Tensor scores = Ops.matmul(q, k.transpose(-1, -2), MatmulTail.scale(scale));
    if (mask != null) {
      Shape shape = scores.shape();
      Tensor hidden = Tensor.full(q.dtype(), Shape.of(), q.device(), Double.NEGATIVE_INFINITY);
      Backends.of(q.device()).select(mask.expand(shape), scores, hidden.expand(shape), scores);
    }
    return Ops.softmax(scores, -1);
  }

  private static void check(Variable q, Variable k, Variable v, Tensor mask) {
    if (mask != null && mask.dtype() != DType.BOOL) {
      throw new TensorException("attention: the mask is " + mask + "; it must be BOOL");
    }
    boolean fits =
        q.shape().rank() == 4
            && q.shape().with(2, 1).equals(k.shape().rank() == 4 ? k.shape().with(2, 1) : null)
            && k.shape().with(3, 1).equals(v.shape().rank() == 4 ? v.shape().with(3, 1) : null);
    if (!fits) {
      throw new TensorException(
          "attention: q "
              + q.shape()
              + ", k "
              + k.shape()
              + ", v "
              + v.shape()
              + " must be [batch, heads, seqQ | seqK | seqK, headDim] with the same batch, heads"
              + " and headDim");
    }
  }
}
