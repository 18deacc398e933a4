package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Embedding.embedding;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.nn.AttentionMask;
import dev.weft.nn.Dropout;
import dev.weft.nn.Embedding;
import dev.weft.nn.HostBatch;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.NormPlacement;
import dev.weft.nn.Transformer;
import dev.weft.nn.TransformerConfig;
import dev.weft.nn.TransformerLayer;
import dev.weft.nn.Weights;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;
import java.util.List;

/**
 * From a history's item vectors to one vector: position embeddings, layer norm, dropout and causal
 * post-norm Transformer layers, of which the position where the history ends is taken (Kang and
 * McAuley, "Self-attentive sequential recommendation", arXiv 1808.09781, with BERT's layers).
 */
public record SequenceEncoder(
    Embedding positions, LayerNorm norm, Dropout dropout, Transformer transformer)
    implements Module {

  static SequenceEncoder create(Weights weights, M2seConfig config) {
    TransformerConfig layers =
        TransformerConfig.builder(config.layers(), config.hiddenSize())
            .heads(config.heads())
            .feedForwardSize(config.feedForwardSize())
            .activation(UnaryOp.GELU)
            .norm(NormPlacement.POST)
            .epsilon(config.layerNormEpsilon())
            .hiddenDropout(config.hiddenDropout())
            .attentionDropout(config.attentionDropout())
            .build();
    return new SequenceEncoder(
        Embedding.create(weights.at("positions"), config.maxLength(), config.hiddenSize()),
        LayerNorm.create(weights.at("norm"), config.hiddenSize(), config.layerNormEpsilon()),
        new Dropout(config.hiddenDropout()),
        Transformer.create(weights.at("transformer"), layers));
  }

  /**
   * Encodes sequences of rows of a table.
   *
   * @param table [rows, hidden]
   * @param rows which, any where there is padding; with where the sequences end
   * @return [cases, hidden], or [n, hidden] for the last ones
   */
  public Variable forward(Variable table, SequenceBatch rows, Mode mode) {
    HostBatch batch = new HostBatch();
    PackedSequences packed = PackedSequences.of(rows, batch);
    batch.send(table.value().device());
    return forward(table, packed, mode);
  }

  /** The same of sequences that were packed before. */
  Variable forward(Variable table, PackedSequences packed, Mode mode) {
    check(packed.longest());
    Variable x =
        add(
            embedding(table, packed.rows().tensor()),
            embedding(positions.weight(), packed.places().tensor()));
    x = dropout.forward(norm.forward(x), mode);
    List<Sequences> groups = packed.causalGroups();
    int last = transformer.layers().size() - 1;
    for (TransformerLayer layer : transformer.layers().subList(0, last)) {
      x = new PackedLayer(layer, packed, mode).forward(x, groups);
    }
    PackedLayer top = new PackedLayer(transformer.layers().get(last), packed, mode);
    return packed.ends() == null
        ? embedding(top.forwardLast(x), packed.order().tensor())
        : embedding(top.forward(x, groups), packed.ends().tensor());
  }

  private void check(int length) {
    if (length > positions.weight().dim(0)) {
      throw new TensorException(
          "sequence encoder: histories of "
              + length
              + " items, but positions for "
              + positions.weight().dim(0)
              + " only; shorten them (SequenceBatch.of) or raise maxLength");
    }
  }

  /**
   * What every head of every layer attends to, layer by layer: [n, heads, seq, seq]; rows of
   * padding mean nothing. Arguments as in {@link #forward}.
   */
  public List<Tensor> attentionMaps(Variable table, Tensor rows) {
    check(rows.dim(1));
    Variable x = norm.forward(add(embedding(table, rows), positions.first(rows.dim(1))));
    Tensor mask = AttentionMask.causal(rows.dim(1));
    return transformer.attentionMaps(transformer.hiddenStates(x, mask, Mode.inference()), mask);
  }
}
