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

  /** A row of zeros for the padding item before those of the items: [items + 1, width]. */
  static Tensor withPadding(Variable items) {
    Tensor value = items.value();
    Tensor padding = Tensor.full(value.dtype(), Shape.of(1, value.dim(1)), value.device(), 0);
    return Ops.concat(List.of(padding, value), 0);
  }

  /** The vectors as constants that outlive a scope. */
  static ItemVectors kept(Scope scope, ItemVectors vectors) {
    return new ItemVectors(kept(scope, vectors.text()), kept(scope, vectors.image()));
  }

  private static Variable kept(Scope scope, Variable vectors) {
    return vectors == null ? null : Variable.of(scope.keep(Ops.contiguous(vectors.value())));
  }
}
