package dev.weft.nn.bert;

import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.nn.PackedTokens;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

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
    Tensor weights = Ops.cast(mask.to(states.device()), states.dtype());
    Tensor sums = Ops.matmul(weights.unsqueeze(1), states).squeeze(1);
    return Ops.divide(sums, Ops.sum(weights, true, 1));
  }

  /**
   * Pools each of several texts without padding between them.
   *
   * @param rows [tokens, hidden]
   * @return [texts, hidden]
   */
  Tensor pool(Tensor rows, PackedTokens tokens) {
    if (this == CLS) {
      return Ops.gather(rows, tokens.starts().to(rows.device()));
    }
    List<Tensor> means = new ArrayList<>();
    int from = 0;
    for (Sequences group : tokens.groups(_ -> null)) {
      int to = from + group.count() * group.length();
      Tensor texts = rows.slice(0, from, to).reshape(group.count(), group.length(), rows.dim(1));
      means.add(Ops.multiply(Ops.sum(texts, false, 1), 1.0 / group.length()));
      from = to;
    }
    return Ops.concat(means, 0);
  }
}
