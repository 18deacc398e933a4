package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Embedding.embedding;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionMask;
import dev.weft.nn.Dropout;
import dev.weft.nn.Embedding;
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

/**
 * From a history's item vectors to one vector: position embeddings, layer norm, dropout and causal
 * post-norm Transformer layers, of which the last real position is taken (Kang and McAuley,
 * "Self-attentive sequential recommendation", arXiv 1808.09781, with BERT's layers).
 *
 * <p>Histories are padded on the right, so the causal mask alone keeps padding from every real
 * position.
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
   * @param rows I32 [n, seq], any row where there is padding
   * @param lengths I32 [n]
   * @return [n, hidden]
   */
  public Variable forward(Variable table, Tensor rows, Tensor lengths, Mode mode) {
    Variable x = input(table, rows, mode);
    Tensor causal = AttentionMask.causal(rows.dim(1));
    int last = transformer.layers().size() - 1;
    for (TransformerLayer layer : transformer.layers().subList(0, last)) {
      x = layer.forward(x, causal, mode);
    }
    return LastPosition.forward(transformer.layers().get(last), x, lengths, mode);
  }

  /** What enters the first layer: [n, seq, hidden]. */
  Variable input(Variable table, Tensor rows, Mode mode) {
    int length = rows.dim(1);
    if (length > positions.weight().dim(0)) {
      throw new TensorException(
          "sequence encoder: histories of "
              + length
              + " items, but positions for "
              + positions.weight().dim(0)
              + " only; shorten them (SequenceBatch.of) or raise maxLength");
    }
    Variable x = add(embedding(table, rows), positions.first(length));
    return dropout.forward(norm.forward(x), mode);
  }
}
