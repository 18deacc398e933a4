package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.LinearCrossEntropy.linearCrossEntropy;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Reduction;
import dev.weft.nn.Embedding;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.Map;

/**
 * SASRec with features: an item's vector is {@code v_i + P x_i + b}, its number's embedding and a
 * linear map of its constant features; everything else is {@link SasRec}'s.
 *
 * @param itemEmbedding v, [items + 1, hidden], row 0 for padding
 * @param projection P and b
 * @param sequence the Transformer
 * @param features x, [items, width]: means of the sentences of the modalities seen, side by side
 */
public record FeatureSasRec(
    Embedding itemEmbedding, Linear projection, SequenceEncoder sequence, Tensor features)
    implements Module, TrainingTask, Recommender {

  /**
   * A model for a catalogue in the weights' element type.
   *
   * @param config its sizes, dropouts and modalities are read; the rest is MP4SR's
   */
  public static FeatureSasRec create(Weights weights, M2seConfig config, Catalogue catalogue) {
    Tensor features = FrozenFeatures.of(catalogue, config.modalities());
    return new FeatureSasRec(
        Embedding.create(weights.at("itemEmbedding"), catalogue.items() + 1, config.hiddenSize()),
        Linear.create(weights.at("projection"), features.dim(1), config.hiddenSize()),
        SequenceEncoder.create(weights.at("sequence"), config),
        features);
  }

  @Override
  public String name() {
    return "sasrec-features";
  }

  @Override
  public Map<String, Variable> parameters() {
    return Module.super.parameters();
  }

  /** The vectors of items 1 to the last: [items, hidden]. */
  private Variable vectors() {
    Variable embedded = slice(itemEmbedding.weight(), 0, 1, features.dim(0) + 1);
    return add(embedded, projection.forward(Variable.of(features)));
  }

  @Override
  public Variable loss(TrainingBatch batch, Mode mode, LossListener parts) {
    ItemSet items = ItemSet.all(features.dim(0));
    HostBatch numbers = new HostBatch();
    PackedSequences packed = PackedSequences.of(items.positionsOf(batch.history()), numbers);
    HostBatch.Part targets = numbers.add(items.positionsOf(batch.next().toInts()));
    numbers.send(features.device());
    Variable vectors = vectors();
    Variable histories = sequence.forward(vectors, packed, mode);
    Variable loss = linearCrossEntropy(histories, vectors, null, targets.tensor(), Reduction.MEAN);
    parts.component("cross_entropy", loss.value());
    return loss;
  }

  @Override
  public Scorer scorer() {
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      Variable vectors = Variable.of(Scope.detach(vectors().value()));
      Tensor items = ItemTable.withPadding(vectors);
      ItemSet set = ItemSet.all(features.dim(0));
      return new DotProductScorer(
          items, batch -> sequence.forward(vectors, set.positionsOf(batch), Mode.inference()));
    }
  }
}
