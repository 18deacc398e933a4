package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.AttentionOps;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;

/**
 * Scaled dot-product attention (Vaswani et al., arXiv 1706.03762, eq. 1): {@code y = D v} with
 * {@code P = softmax(scale · q kᵀ)} over the keys that the mask lets through and {@code D =
 * dropout(P)}.
 *
 * <p>Backwards: {@code dv = Dᵀ g}; {@code dP = dropout'(g vᵀ)}; {@code dS = P (dP - Σ P dP)};
 * {@code dq = scale · dS k}; {@code dk = scale · dSᵀ q}. Neither S nor P is kept: from the log-sum-
 * exp of each row of S the weights are computed once more (Dao et al., arXiv 2205.14135).
 */
public final class Attention {
  private Attention() {}

  /**
   * Attention of every query to the keys.
   *
   * @param q [batch, heads, seqQ, headDim]
   * @param k [batch, heads, seqK, headDim]
   * @param v [batch, heads, seqK, valueDim]
   * @param mask BOOL, true = attend, broadcastable to [batch, heads, seqQ, seqK]; null: all. What a
   *     masked key holds does not matter as long as it is finite
   * @param scale factor on the scores, usually {@code 1/√headDim}
   * @param dropout probability that a weight is zeroed
   * @param key names the dropout mask; null: no dropout
   * @return [batch, heads, seqQ, valueDim], laid out so that the heads of a position lie side by
   *     side; 0 for a query that has nothing to attend to
   */
  public static Variable attention(
      Variable q,
      Variable k,
      Variable v,
      Tensor mask,
      double scale,
      double dropout,
      RandomKey key) {
    AttentionInputs in =
        new AttentionInputs(q.value(), k.value(), v.value(), mask, scale, dropout, key);
    AttentionOps.Result result = AttentionOps.attention(in);
    return Graph.record(
        "attention",
        result.output(),
        (g, needed) -> {
          AttentionOps.Gradients gradients = AttentionOps.attentionBackward(in, result, g);
          return new Tensor[] {
            needed[0] ? gradients.dq() : null,
            needed[1] ? gradients.dk() : null,
            needed[2] ? gradients.dv() : null
          };
        },
        q,
        k,
        v);
  }
}
