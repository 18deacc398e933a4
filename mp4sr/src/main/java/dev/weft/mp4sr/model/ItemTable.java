package dev.weft.mp4sr.model;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.List;

/** What a scorer keeps of the items. */
final class ItemTable {
  private ItemTable() {}

  /** A row of zeros for the padding item before those of the items; outlives every scope. */
  static Tensor withPadding(Variable items) {
    Tensor value = items.value();
    Tensor padding = Tensor.full(value.dtype(), Shape.of(1, value.dim(1)), value.device(), 0);
    return Scope.detach(Ops.concat(List.of(padding, value), 0));
  }

  /** The vectors as constants that outlive every scope. */
  static ItemVectors kept(ItemVectors vectors) {
    return new ItemVectors(kept(vectors.text()), kept(vectors.image()));
  }

  private static Variable kept(Variable vectors) {
    return vectors == null ? null : Variable.of(Scope.detach(Ops.contiguous(vectors.value())));
  }
}
