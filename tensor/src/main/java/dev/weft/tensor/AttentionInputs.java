package dev.weft.tensor;

/**
 * What scaled dot-product attention is computed from; checked when it is made.
 *
 * @param q queries [batch, heads, seqQ, headDim]
 * @param k keys [batch, heads, seqK, headDim]
 * @param v values [batch, heads, seqK, valueDim]
 * @param mask BOOL, true = attend, [batch, heads, seqQ, seqK] after the check (given, it may have
 *     to be broadcast); null: every query attends to every key
 * @param scale factor on the scores
 * @param dropout probability of [0, 1) that a weight is zeroed; 0 where there is no key
 * @param key names the dropout mask; null: no dropout
 */
public record AttentionInputs(
    Tensor q, Tensor k, Tensor v, Tensor mask, double scale, double dropout, RandomKey key) {

  /** Checks the types and shapes and stretches the mask. */
  public AttentionInputs {
    Checks.requireComputable("attention", q);
    Checks.requireSame("attention", q, k);
    Checks.requireSame("attention", q, v);
    if (!fits(q, k, 3) || !fits(k, v, 2) || q.dim(3) != k.dim(3)) {
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
    if (!(dropout >= 0 && dropout < 1)) {
      throw new TensorException("attention: dropout " + dropout + " is not in [0, 1)");
    }
    dropout = key == null ? 0 : dropout;
    key = dropout == 0 ? null : key;
    mask = mask == null ? null : stretched(mask, q, k);
  }

  /** Whether two operands agree in batch and heads, and in one axis more. */
  private static boolean fits(Tensor a, Tensor b, int axis) {
    return a.rank() == 4
        && b.rank() == 4
        && a.dim(0) == b.dim(0)
        && a.dim(1) == b.dim(1)
        && a.dim(axis) == b.dim(axis);
  }

  private static Tensor stretched(Tensor mask, Tensor q, Tensor k) {
    if (mask.dtype() != DType.BOOL) {
      throw new TensorException("attention: the mask is " + mask + "; it must be BOOL");
    }
    Checks.requireDevice("attention", q, mask);
    Shape scores = q.shape().with(3, k.dim(2));
    if (!mask.shape().broadcastsTo(scores)) {
      throw new TensorException("attention: the mask is " + mask + " for scores " + scores);
    }
    return mask.expand(scores);
  }

  /** Whether weights are dropped. */
  public boolean drops() {
    return key != null;
  }

  /** The position of the score of query 0 and key 0 of a head in the dropout mask. */
  public long firstScore(int batchAndHead) {
    return (long) batchAndHead * q.dim(2) * k.dim(2);
  }
}
