package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.Scale.scale;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.mp4sr.model.M2seConfig.OwnHistory;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Pre-training of MP4SR: {@code L = w_t L_NIP^t + w_v L_NIP^v + λ L_CMCL} over histories with
 * random dropout and complementary mixup.
 *
 * @param encoder M²SE
 * @param textProjection W_t and b_t, into the text space; null where there are no projections
 * @param imageProjection W_v and b_v, into the image space; null where there are no projections
 * @param catalogue the items' features
 */
public record PretrainingTask(
    M2se encoder, Linear textProjection, Linear imageProjection, Catalogue catalogue)
    implements Module, TrainingTask, Recommender {

  /** A task over a catalogue's features. */
  public static PretrainingTask create(Weights weights, M2seConfig config, Features features) {
    return create(weights, config, Catalogue.of(features, weights.dtype()));
  }

  /** A task over a catalogue in the weights' element type. */
  public static PretrainingTask create(Weights weights, M2seConfig config, Catalogue catalogue) {
    M2se encoder = M2se.create(weights.at("encoder"), config, catalogue.text().width());
    boolean text = config.projections() && config.hasText();
    boolean image = config.projections() && config.hasImage();
    int hidden = config.hiddenSize();
    return new PretrainingTask(
        encoder,
        text ? Linear.create(weights.at("textProjection"), hidden, hidden) : null,
        image ? Linear.create(weights.at("imageProjection"), hidden, hidden) : null,
        catalogue);
  }

  @Override
  public String name() {
    return "mp4sr-pretraining";
  }

  @Override
  public Map<String, Variable> parameters() {
    return Module.super.parameters();
  }

  /** Draws, in training, a dropout ratio and a mixing ratio for the batch, and both masks. */
  @Override
  public Variable loss(TrainingBatch batch, Mode mode, LossListener parts) {
    M2seConfig config = encoder.config();
    SequenceBatch history = batch.history();
    Tensor mixed = null;
    if (mode.isTraining() && config.randomDropout()) {
      double ratio = uniform(mode.random(), config.minDropRatio(), config.maxDropRatio());
      history = SequenceDropout.drop(history, ratio, mode.random().nextKey());
    }
    if (mode.isTraining() && config.mixup() && config.hasText() && config.hasImage()) {
      double ratio = uniform(mode.random(), 0, config.maxMixupRatio());
      mixed = ComplementaryMixup.mask(history, ratio, mode.random().nextKey());
    }
    return loss(new TrainingBatch(history, batch.next()), mixed, mode, parts);
  }

  private static double uniform(RandomSource random, double from, double to) {
    return from + (to - from) * random.nextUniform();
  }

  /**
   * The loss of histories as they are.
   *
   * @param mixed BOOL [batch, seq], where the two sequences are swapped; null: nowhere
   */
  public Variable loss(TrainingBatch batch, Tensor mixed, Mode mode, LossListener parts) {
    SequenceBatch history = batch.history();
    int[] next = batch.next().toInts();
    ItemSet set = ItemSet.of(catalogue.items(), history.items().toInts(), next);
    HostBatch numbers = new HostBatch();
    ItemEncoding items = encoder.items(catalogue, set.numbers(), numbers);
    PackedSequences packed = encoder.pack(set.positionsOf(history), mixed, set.size(), numbers);
    HostBatch.Part targets = numbers.add(set.positionsOf(next));
    HostBatch.Part keys = numbers.add(next);
    numbers.send(catalogue.device());
    ItemVectors vectors = items.vectors(mode);
    SequenceVectors sequences = encoder.sequences(vectors, packed, mode);
    Rows rows = new Rows(next, keys.tensor(), histories(history));
    return weighted(sequences, vectors, targets.tensor(), rows, parts);
  }

  /**
   * What tells the rows of a batch apart.
   *
   * @param next the next items' numbers
   * @param keys the same where the losses are computed
   * @param histories the history that each is part of; null: one of its own
   */
  private record Rows(int[] next, Tensor keys, int[] histories) {

    Negatives negatives(Duplicates duplicates) {
      return new Negatives(next, keys, duplicates, histories);
    }
  }

  private int[] histories(SequenceBatch batch) {
    if (batch.ends() == null || encoder.config().ownHistory() == OwnHistory.KEPT) {
      return null;
    }
    int length = batch.length();
    return Arrays.stream(batch.ends().toInts()).map(end -> end / length).toArray();
  }

  private Variable weighted(
      SequenceVectors sequences,
      ItemVectors vectors,
      Tensor targets,
      Rows rows,
      LossListener parts) {
    M2seConfig config = encoder.config();
    List<Variable> terms = new ArrayList<>();
    List<Variable> textSpace = textSpace(sequences);
    List<Variable> imageSpace = imageSpace(sequences);
    if (config.hasText() && config.nipTextWeight() > 0) {
      Variable loss = nextItem(textSpace, embedding(vectors.text(), targets), rows);
      terms.add(scale(heard(parts, "nip_text", loss), config.nipTextWeight()));
    }
    if (config.hasImage() && config.nipImageWeight() > 0) {
      Variable loss = nextItem(imageSpace, embedding(vectors.image(), targets), rows);
      terms.add(scale(heard(parts, "nip_image", loss), config.nipImageWeight()));
    }
    if (config.hasText() && config.hasImage() && config.cmclWeight() > 0) {
      Variable loss = contrast(sequences, textSpace, imageSpace, rows);
      terms.add(scale(heard(parts, "cmcl", loss), config.cmclWeight()));
    }
    return sum(terms);
  }

  private static Variable sum(List<Variable> terms) {
    if (terms.isEmpty()) {
      throw new IllegalStateException(
          "pre-training: every loss is switched off; give nipTextWeight, nipImageWeight or"
              + " cmclWeight a value above 0");
    }
    Variable total = terms.get(0);
    for (Variable term : terms.subList(1, terms.size())) {
      total = add(total, term);
    }
    return total;
  }

  private static Variable heard(LossListener parts, String name, Variable loss) {
    parts.component(name, loss.value());
    return loss;
  }

  private Variable nextItem(List<Variable> sequences, Variable targets, Rows rows) {
    M2seConfig config = encoder.config();
    return NextItemPrediction.loss(
        sequences, targets, config.temperature(), rows.negatives(config.duplicates()));
  }

  private Variable contrast(
      SequenceVectors sequences, List<Variable> textSpace, List<Variable> imageSpace, Rows rows) {
    if (!encoder.config().projections()) {
      return contrast(sequences.text(), sequences.image(), rows);
    }
    return add(
        contrast(textSpace.get(0), textSpace.get(1), rows),
        contrast(imageSpace.get(0), imageSpace.get(1), rows));
  }

  private Variable contrast(Variable a, Variable b, Rows rows) {
    M2seConfig config = encoder.config();
    return CrossModalityContrast.loss(
        a, b, config.temperature(), config.cmclForm(), rows.negatives(config.cmclDuplicates()));
  }

  /** m^t and m^t', as far as they are seen; without projections h^t. */
  private List<Variable> textSpace(SequenceVectors sequences) {
    return space(textProjection, sequences, sequences.text());
  }

  /** m^v' and m^v, as far as they are seen; without projections h^v. */
  private List<Variable> imageSpace(SequenceVectors sequences) {
    return space(imageProjection, sequences, sequences.image());
  }

  private List<Variable> space(Linear projection, SequenceVectors sequences, Variable own) {
    if (own == null) {
      return List.of();
    }
    return projection == null
        ? List.of(own)
        : sequences.present().stream().map(projection::forward).toList();
  }

  /**
   * Ranks by what pre-training compares: the sum of the cosines of every sequence with the items of
   * its space. Items need not have been seen.
   */
  @Override
  public Scorer scorer() {
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      ItemVectors vectors =
          encoder.items(catalogue, ItemSet.all(catalogue.items()).numbers(), Mode.inference());
      List<Variable> units = vectors.present().stream().map(Cosine::unit).toList();
      Tensor items = ItemTable.withPadding(concatenated(units));
      ItemVectors inputs = ItemTable.kept(vectors);
      return new DotProductScorer(items, batch -> histories(inputs, batch));
    }
  }

  /** The sums of the unit vectors of each space, side by side: [batch, spaces · hidden]. */
  private Variable histories(ItemVectors vectors, SequenceBatch batch) {
    SequenceBatch positions = ItemSet.all(catalogue.items()).positionsOf(batch);
    SequenceVectors sequences = encoder.sequences(vectors, positions, null, Mode.inference());
    List<Variable> spaces = new ArrayList<>();
    for (List<Variable> space : List.of(textSpace(sequences), imageSpace(sequences))) {
      if (!space.isEmpty()) {
        spaces.add(sum(space.stream().map(Cosine::unit).toList()));
      }
    }
    return concatenated(spaces);
  }

  private static Variable concatenated(List<Variable> parts) {
    return parts.size() == 1 ? parts.get(0) : concat(parts, 1);
  }
}
