package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.LinearCrossEntropy.linearCrossEntropy;
import static dev.weft.autograd.op.Scale.scale;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Reduction;
import dev.weft.mp4sr.model.M2seConfig.Classes;
import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.nn.Embedding;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A model like UniSRec (Hou et al., arXiv 2206.05941) as a baseline: an item is the mean of its
 * texts' constant vectors through a {@link WhiteningMixture}, and in the transductive setting an
 * embedding of its number on top; {@code score(u, i) = cos(h, z_i)/τ}, cross-entropy over all items
 * that occur in training. It is trained on the data at hand; the paper's contrastive pre-training
 * on other catalogues is left out.
 *
 * @param adaptor from features to z
 * @param itemEmbedding v, [items + 1, hidden], row 0 for padding; null in the inductive setting
 * @param sequence the Transformer
 * @param features [items, width]
 * @param config sizes, dropouts, temperature, classes and setting
 * @param trainingCounts for each item number how often it occurs in training; null: all do
 */
public record UniSRec(
    WhiteningMixture adaptor,
    Embedding itemEmbedding,
    SequenceEncoder sequence,
    Tensor features,
    M2seConfig config,
    int[] trainingCounts)
    implements Module, TrainingTask, Recommender {

  /**
   * A model for a catalogue in the weights' element type. It sees one modality: images where {@code
   * config} has images only, else texts.
   */
  public static UniSRec create(
      Weights weights, M2seConfig config, Catalogue catalogue, int[] trainingCounts) {
    Modalities seen = config.hasText() ? Modalities.TEXT : Modalities.IMAGE;
    Tensor features = FrozenFeatures.of(catalogue, seen);
    Embedding items =
        config.setting() == Setting.TRANSDUCTIVE
            ? Embedding.create(
                weights.at("itemEmbedding"), catalogue.items() + 1, config.hiddenSize())
            : null;
    return new UniSRec(
        WhiteningMixture.create(weights.at("adaptor"), config, features.dim(1)),
        items,
        SequenceEncoder.create(weights.at("sequence"), config),
        features,
        config,
        trainingCounts);
  }

  @Override
  public String name() {
    return itemEmbedding == null ? "unisrec-inductive" : "unisrec-transductive";
  }

  @Override
  public Map<String, Variable> parameters() {
    return Module.super.parameters();
  }

  private ItemSet classes() {
    int items = features.dim(0);
    if (config.classes() == Classes.ALL || trainingCounts == null) {
      return ItemSet.all(items);
    }
    return ItemSet.of(
        items, IntStream.rangeClosed(1, items).filter(i -> trainingCounts[i] > 0).toArray());
  }

  /** z of some items: [set, hidden]. */
  private Variable vectors(HostBatch.Part numbers, HostBatch.Part rows, Mode mode) {
    Variable chosen = Variable.of(Ops.gather(features, rows.tensor()));
    Variable adapted = adaptor.forward(chosen, mode);
    return itemEmbedding == null
        ? adapted
        : add(adapted, embedding(itemEmbedding.weight(), numbers.tensor()));
  }

  private static HostBatch.Part rows(ItemSet set, HostBatch batch) {
    return batch.add(IntStream.of(set.numbers()).map(number -> number - 1).toArray());
  }

  @Override
  public Variable loss(TrainingBatch batch, Mode mode, LossListener parts) {
    ItemSet classes = classes();
    HostBatch numbers = new HostBatch();
    HostBatch.Part items = numbers.add(classes.numbers());
    HostBatch.Part rows = rows(classes, numbers);
    PackedSequences packed = PackedSequences.of(classes.positionsOf(batch.history()), numbers);
    HostBatch.Part targets = numbers.add(classes.positionsOf(batch.next().toInts()));
    numbers.send(features.device());
    Variable vectors = vectors(items, rows, mode);
    Variable histories = Cosine.unit(sequence.forward(vectors, packed, mode));
    Variable loss =
        linearCrossEntropy(
            scale(histories, 1 / config.temperature()),
            Cosine.unit(vectors),
            null,
            targets.tensor(),
            Reduction.MEAN);
    parts.component("cross_entropy", loss.value());
    return loss;
  }

  @Override
  public Scorer scorer() {
    ItemSet set = ItemSet.all(features.dim(0));
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      HostBatch numbers = new HostBatch();
      HostBatch.Part all = numbers.add(set.numbers());
      HostBatch.Part rows = rows(set, numbers);
      numbers.send(features.device());
      Variable encoded = vectors(all, rows, Mode.inference());
      Variable vectors = Variable.of(Scope.detach(encoded.value()));
      Tensor items = ItemTable.withPadding(Cosine.unit(vectors));
      return new DotProductScorer(
          items,
          batch ->
              Cosine.unit(sequence.forward(vectors, set.positionsOf(batch), Mode.inference())));
    }
  }
}
