package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.LinearCrossEntropy.linearCrossEntropy;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Reduction;
import dev.weft.nn.Embedding;
import dev.weft.nn.HostBatch;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.Tensor;
import java.util.Map;

/**
 * SASRec (Kang and McAuley, arXiv 1808.09781) as a baseline: item numbers only, through the same
 * Transformer as MP4SR; {@code score(u, i) = h · v_i}, trained with cross-entropy over all items.
 *
 * @param itemEmbedding v, [items + 1, hidden], row 0 for padding
 * @param sequence the Transformer
 */
public record SasRec(Embedding itemEmbedding, SequenceEncoder sequence)
    implements Module, TrainingTask, Recommender {

  /**
   * A model for a catalogue.
   *
   * @param config its sizes and dropouts are read; the rest is MP4SR's
   * @param items number of items
   */
  public static SasRec create(Weights weights, M2seConfig config, int items) {
    return new SasRec(
        Embedding.create(weights.at("itemEmbedding"), items + 1, config.hiddenSize()),
        SequenceEncoder.create(weights.at("sequence"), config));
  }

  @Override
  public String name() {
    return "sasrec";
  }

  @Override
  public Map<String, Variable> parameters() {
    return Module.super.parameters();
  }

  @Override
  public Variable loss(TrainingBatch batch, Mode mode, LossListener parts) {
    ItemSet items = ItemSet.all(itemEmbedding.weight().dim(0) - 1);
    Variable table = slice(itemEmbedding.weight(), 0, 1, items.size() + 1);
    HostBatch numbers = new HostBatch();
    PackedSequences packed = PackedSequences.of(items.positionsOf(batch.history()), numbers);
    HostBatch.Part targets = numbers.add(items.positionsOf(batch.next().toInts()));
    numbers.send(table.value().device());
    Variable histories = sequence.forward(table, packed, mode);
    Variable loss = linearCrossEntropy(histories, table, null, targets.tensor(), Reduction.MEAN);
    parts.component("cross_entropy", loss.value());
    return loss;
  }

  @Override
  public Scorer scorer() {
    Tensor items = itemEmbedding.weight().value();
    return new DotProductScorer(
        items, batch -> sequence.forward(itemEmbedding.weight(), batch, Mode.inference()));
  }
}
