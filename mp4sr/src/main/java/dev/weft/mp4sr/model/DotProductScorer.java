package dev.weft.mp4sr.model;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.function.Function;

/** Scores that are dot products of a vector of the history with vectors of the items. */
final class DotProductScorer implements Scorer {
  private final Tensor items;
  private final Function<SequenceBatch, Variable> encoder;

  /**
   * A scorer.
   *
   * @param items [items + 1, width]; row 0 does not matter
   * @param encoder from histories to [batch, width]
   */
  DotProductScorer(Tensor items, Function<SequenceBatch, Variable> encoder) {
    this.items = items;
    this.encoder = encoder;
  }

  @Override
  public int scores() {
    return items.dim(0);
  }

  @Override
  public Tensor score(SequenceBatch batch) {
    try (var scope = Scope.open();
        var _ = NoGrad.open()) {
      Tensor histories = encoder.apply(batch).value();
      Tensor scores = Ops.matmul(histories, items.transpose(0, 1));
      Tensor never =
          Tensor.full(scores.dtype(), Shape.of(), scores.device(), Double.NEGATIVE_INFINITY);
      Ops.copyInto(scores.slice(1, 0, 1), never);
      return scope.keep(scores);
    }
  }
}
