package dev.weft.nn;

import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * A table of vectors, looked up by number.
 *
 * @param weight [rows, width]
 */
public record Embedding(Variable weight) implements Module {

  /** N(0, 0.02²). */
  public static Embedding create(Weights weights, int rows, int width) {
    return new Embedding(weights.parameter("weight", Linear.WEIGHT, rows, width));
  }

  /**
   * Rows by index (I32 or I64): [...] to [..., width]. Rows of a table in half precision are
   * widened to F32 as they are looked up.
   */
  public Variable forward(Tensor indices) {
    return isHalf()
        ? Variable.of(Ops.cast(Ops.gather(weight.value(), near(indices)), DType.F32))
        : embedding(weight, indices);
  }

  /** The first rows, [count, width]: the embeddings of positions 0 to {@code count - 1}. */
  public Variable first(int count) {
    return isHalf()
        ? Variable.of(Ops.cast(weight.value().slice(0, 0, count), DType.F32))
        : slice(weight, 0, 0, count);
  }

  private Tensor near(Tensor indices) {
    return indices.to(weight.value().device());
  }

  private boolean isHalf() {
    return !weight.dtype().isComputable();
  }
}
