package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;

/**
 * {@code y_i = table_{index_i}}, rows by index; {@code dtable_j} is the sum of the {@code g_i} with
 * {@code index_i = j}, added in the order of the indices.
 */
public final class Embedding {
  private Embedding() {}

  /**
   * Looks rows up.
   *
   * @param table [rows, width]
   * @param indices [...], I32 or I64, from 0 to rows - 1; on the table's device or any other
   * @return [..., width]
   */
  public static Variable embedding(Variable table, Tensor indices) {
    Tensor near = indices.to(table.value().device());
    return Graph.record(
        "embedding",
        Ops.gather(table.value(), near),
        (g, needed) -> {
          Tensor dtable = Tensor.full(g.dtype(), table.shape(), g.device(), 0);
          Ops.scatterAdd(dtable, near, g);
          return new Tensor[] {dtable};
        },
        table);
  }
}
