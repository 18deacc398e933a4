package dev.weft.autograd.op;

import dev.weft.autograd.Graph;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * {@code y_i = x_{index_i}} along an axis; {@code dx_j} is the sum of the {@code g_i} with {@code
 * index_i = j}.
 */
public final class IndexSelect {
  private IndexSelect() {}

  /**
   * The chosen slices, in the order of the indices, which may repeat.
   *
   * @param x [..., n, ...]
   * @param axis the axis of extent n; negative: from the end
   * @param indices [k], I32 or I64, from 0 to n - 1; on x's device or any other
   * @return [..., k, ...]
   */
  public static Variable indexSelect(Variable x, int axis, Tensor indices) {
    if (indices.rank() != 1) {
      throw new TensorException("indexSelect: indices are " + indices + "; they must be [k]");
    }
    Tensor first = Axes.move(x.value(), axis, 0);
    int[] chosen = first.shape().with(0, indices.dim(0)).dims();
    int width = first.numel() / Math.max(1, first.dim(0));
    Tensor near = indices.to(first.device());
    Tensor rows = Ops.gather(first.reshape(first.dim(0), width), near);
    return Graph.record(
        "indexSelect",
        Axes.move(rows.reshape(chosen), 0, axis),
        (g, needed) -> {
          Tensor dx = Tensor.full(g.dtype(), first.shape(), g.device(), 0);
          Tensor terms = Axes.move(g, axis, 0).reshape(indices.dim(0), width);
          Ops.scatterAdd(dx.reshape(first.dim(0), width), near, terms);
          return new Tensor[] {Axes.move(dx, 0, axis)};
        },
        x);
  }
}
