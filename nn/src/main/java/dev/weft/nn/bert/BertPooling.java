package dev.weft.nn.bert;

import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/** How a text's hidden states become one vector. */
public enum BertPooling {
  /** The state of the first token, [CLS]. */
  CLS,
  /** The mean over the text's tokens, the special ones included. */
  MEAN;

  /**
   * Pools each text.
   *
   * @param states [texts, seq, hidden]
   * @param mask BOOL [texts, seq], true where there is a token
   * @return [texts, hidden]
   */
  public Tensor pool(Tensor states, Tensor mask) {
    if (this == CLS) {
      return states.select(1, 0);
    }
    Tensor weights = Ops.cast(mask, states.dtype());
    Tensor sums = Ops.matmul(weights.unsqueeze(1), states).squeeze(1);
    return Ops.divide(sums, Ops.sum(weights, true, 1));
  }
}
