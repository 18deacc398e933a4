package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.LinearCrossEntropy.linearCrossEntropy;
import static dev.weft.autograd.op.Scale.scale;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Reduction;
import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.model.M2seConfig.Classes;
import dev.weft.mp4sr.model.M2seConfig.PaddingClass;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.nn.Embedding;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Fine-tuning of MP4SR and its recommendations: {@code score(u, i) = cos(h^t, z^t_i + v_i) +
 * cos(h^v, z^v_i + v_i)}, trained with cross-entropy over all items at the scores divided by τ. In
 * the inductive setting there is no v.
 *
 * @param encoder M²SE, pre-trained or not
 * @param itemEmbedding v, [items + 1, hidden], row 0 for padding; null in the inductive setting
 * @param catalogue the items' features
 * @param trainingCounts for each item number how often it occurs in training; null where that is
 *     not known, which {@link Classes#SEEN} takes for "all do"
 */
public record FinetuningTask(
    M2se encoder, Embedding itemEmbedding, Catalogue catalogue, int[] trainingCounts)
    implements Module, TrainingTask, Recommender {

  /** A task over a catalogue's features; its encoder has the names of the pre-training's. */
  public static FinetuningTask create(Weights weights, M2seConfig config, Features features) {
    return create(weights, config, Catalogue.of(features, weights.dtype()));
  }

  /** A task over a catalogue in the weights' element type. */
  public static FinetuningTask create(Weights weights, M2seConfig config, Catalogue catalogue) {
    return of(
        M2se.create(weights.at("encoder"), config, catalogue.text().width()), weights, catalogue);
  }

  /**
   * Goes on with an encoder, whose parameters it shares.
   *
   * @param weights where the item embeddings come from
   */
  public static FinetuningTask of(M2se encoder, Weights weights, Catalogue catalogue) {
    boolean learnsItems = encoder.config().setting() == Setting.TRANSDUCTIVE;
    Embedding items =
        learnsItems
            ? Embedding.create(
                weights.at("itemEmbedding"), catalogue.items() + 1, encoder.config().hiddenSize())
            : null;
    return new FinetuningTask(encoder, items, catalogue, null);
  }

  /** The same task, told how often each item number occurs in training. */
  public FinetuningTask knowing(int[] counts) {
    return new FinetuningTask(encoder, itemEmbedding, catalogue, counts);
  }

  @Override
  public String name() {
    return itemEmbedding == null ? "mp4sr-inductive" : "mp4sr";
  }

  @Override
  public Map<String, Variable> parameters() {
    return Module.super.parameters();
  }

  @Override
  public Variable loss(TrainingBatch batch, Mode mode, LossListener parts) {
    ItemSet classes = classes();
    HostBatch numbers = new HostBatch();
    ItemEncoding items = items(classes, numbers);
    PackedSequences packed =
        encoder.pack(classes.positionsOf(batch.history()), null, classes.size(), numbers);
    HostBatch.Part targets = numbers.add(classes.positionsOf(batch.next().toInts()));
    numbers.send(catalogue.device());
    // Encoded once, for the histories and for the targets.
    ItemVectors vectors = items.vectors(mode);
    Variable histories = units(encoder.sequences(vectors, packed, mode).present());
    Variable loss =
        linearCrossEntropy(
            scale(histories, 1 / encoder.config().temperature()),
            units(vectors.present()),
            null,
            targets.tensor(),
            Reduction.MEAN);
    parts.component("cross_entropy", loss.value());
    return loss;
  }

  private ItemSet classes() {
    M2seConfig config = encoder.config();
    if (config.paddingClass() == PaddingClass.COUNTED) {
      return ItemSet.allWithPadding(catalogue.items());
    }
    if (config.classes() == Classes.ALL || trainingCounts == null) {
      return ItemSet.all(catalogue.items());
    }
    return ItemSet.of(
        catalogue.items(),
        IntStream.range(1, trainingCounts.length).filter(i -> trainingCounts[i] > 0).toArray());
  }

  /** z_i + v_i, or z_i in the inductive setting. */
  private ItemEncoding items(ItemSet set, HostBatch batch) {
    ItemEncoding features = encoder.items(catalogue, set.numbers(), batch);
    if (itemEmbedding == null) {
      return features;
    }
    HostBatch.Part numbers = batch.add(set.numbers());
    return mode -> features.vectors(mode).plus(embedding(itemEmbedding.weight(), numbers.tensor()));
  }

  private ItemVectors vectors(ItemSet set, Mode mode) {
    HostBatch numbers = new HostBatch();
    ItemEncoding items = items(set, numbers);
    numbers.send(catalogue.device());
    return items.vectors(mode);
  }

  /** The unit vectors of h^t and h^v side by side: [batch, 2 hidden]. */
  private Variable histories(ItemVectors vectors, ItemSet set, SequenceBatch batch) {
    SequenceBatch positions = set.positionsOf(batch);
    return units(encoder.sequences(vectors, positions, null, Mode.inference()).present());
  }

  private static Variable units(List<Variable> parts) {
    List<Variable> units = parts.stream().map(Cosine::unit).toList();
    return units.size() == 1 ? units.get(0) : concat(units, 1);
  }

  /** Ranks all items of the catalogue by the sum of cosines. */
  @Override
  public Scorer scorer() {
    ItemSet set = ItemSet.all(catalogue.items());
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      ItemVectors vectors = ItemTable.kept(vectors(set, Mode.inference()));
      Tensor items = ItemTable.withPadding(units(vectors.present()));
      return new DotProductScorer(items, batch -> histories(vectors, set, batch));
    }
  }
}
