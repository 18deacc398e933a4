package dev.weft.nn;

import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Tensor;

/**
 * A table of vectors, looked up by number.
 *
 * @param weight [rows, width]; null where it is stored
 * @param stored where the table lies, in place of {@code weight}; null where it can be trained
 */
public record Embedding(Variable weight, RowSource stored) implements Module {

  /** A table in memory. */
  public Embedding(Variable weight) {
    this(weight, null);
  }

  /** N(0, 0.02²). */
  public static Embedding create(Weights weights, int rows, int width) {
    RowSource stored = weights.stored("weight");
    return stored != null
        ? new Embedding(null, stored)
        : new Embedding(weights.parameter("weight", Linear.WEIGHT, rows, width));
  }

  /** [rows, width]; a copy where it is stored. */
  @Override
  public Variable weight() {
    return stored == null ? weight : Variable.of(stored.load());
  }

  /** Number of vectors. */
  public int rows() {
    return stored == null ? weight.dim(0) : stored.rows();
  }

  /**
   * Rows by index (I32 or I64): [...] to [..., width]. Rows of a table in half precision are
   * widened to F32 as they are looked up.
   */
  public Variable forward(Tensor indices) {
    if (stored != null) {
      return widened(stored.gather(indices));
    }
    return isHalf(weight.dtype())
        ? widened(Ops.gather(weight.value(), indices.to(weight.value().device())))
        : embedding(weight, indices);
  }

  /** The first rows, [count, width]: the embeddings of positions 0 to {@code count - 1}. */
  public Variable first(int count) {
    if (stored != null) {
      return widened(stored.load(0, count));
    }
    return isHalf(weight.dtype())
        ? widened(weight.value().slice(0, 0, count))
        : slice(weight, 0, 0, count);
  }

  private static Variable widened(Tensor rows) {
    return Variable.of(isHalf(rows.dtype()) ? Ops.cast(rows, DType.F32) : rows);
  }

  private static boolean isHalf(DType dtype) {
    return !dtype.isComputable();
  }
}
