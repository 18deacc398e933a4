package dev.weft.nn;

import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/** Which key each query may attend to: BOOL, broadcastable to [batch, heads, seq, seq]. */
public final class AttentionMask {
  private AttentionMask() {}

  /** No query looks ahead: [1, 1, seq, seq], true where key ≤ query. */
  public static Tensor causal(int seq) {
    boolean[] mask = new boolean[seq * seq];
    for (int query = 0; query < seq; query++) {
      for (int key = 0; key <= query; key++) {
        mask[query * seq + key] = true;
      }
    }
    return Tensor.of(mask, 1, 1, seq, seq);
  }

  /**
   * Nobody looks at padding: [batch, 1, 1, seq].
   *
   * @param real [batch, seq], true or 1 where there is no padding
   */
  public static Tensor padding(Tensor real) {
    if (real.rank() != 2) {
      throw new TensorException("attention mask: " + real + " must be [batch, seq]");
    }
    return Ops.cast(real, DType.BOOL).unsqueeze(1).unsqueeze(1);
  }

  /**
   * Both: [batch, 1, seq, seq].
   *
   * @param real [batch, seq], true or 1 where there is no padding
   */
  public static Tensor causalPadding(Tensor real) {
    int batch = real.dim(0);
    int seq = real.dim(1);
    long[] isReal = real.toLongs();
    boolean[] mask = new boolean[batch * seq * seq];
    for (int row = 0; row < batch * seq; row++) {
      int keys = row / seq * seq;
      int query = row % seq;
      for (int key = 0; key <= query; key++) {
        mask[row * seq + key] = isReal[keys + key] != 0;
      }
    }
    return Tensor.of(mask, batch, 1, seq, seq);
  }
}
