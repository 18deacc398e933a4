package dev.weft.nn.bert;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionMask;
import dev.weft.nn.Dropout;
import dev.weft.nn.Embedding;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Transformer;
import dev.weft.nn.Weights;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;

/**
 * BERT's layers: embeddings of token, position and segment, their layer norm, then a post-norm
 * Transformer; Devlin et al., arXiv 1810.04805, section 3.
 *
 * @param words [vocabulary, hidden]
 * @param positions [maxPositions, hidden]
 * @param segments [tokenTypes, hidden]
 * @param pooler on the first token's state, [hidden, hidden]; or null
 */
public record BertNetwork(
    Embedding words,
    Embedding positions,
    Embedding segments,
    LayerNorm embeddingNorm,
    Dropout embeddingDropout,
    Transformer encoder,
    Linear pooler)
    implements Module {

  /** The whole network. */
  public static BertNetwork create(Weights weights, BertConfig config) {
    int hidden = config.encoder().hiddenSize();
    return withoutPooler(weights, config)
        .withPooler(Linear.create(weights.at("pooler"), hidden, hidden));
  }

  /** The network of a checkpoint that was trained without a pooler. */
  static BertNetwork withoutPooler(Weights weights, BertConfig config) {
    int hidden = config.encoder().hiddenSize();
    return new BertNetwork(
        Embedding.create(weights.at("words"), config.vocabularySize(), hidden),
        Embedding.create(weights.at("positions"), config.maxPositions(), hidden),
        Embedding.create(weights.at("segments"), config.tokenTypes(), hidden),
        LayerNorm.create(weights.at("embeddingNorm"), hidden, config.encoder().epsilon()),
        new Dropout(config.encoder().hiddenDropout()),
        Transformer.create(weights.at("encoder"), config.encoder()),
        null);
  }

  private BertNetwork withPooler(Linear layer) {
    return new BertNetwork(
        words, positions, segments, embeddingNorm, embeddingDropout, encoder, layer);
  }

  /**
   * Runs the network on texts of one segment.
   *
   * @param inputIds I32 or I64 [batch, seq]
   * @param attentionMask [batch, seq], true or 1 where there is a token; null = everywhere
   */
  public BertOutput forward(Tensor inputIds, Tensor attentionMask, Mode mode) {
    Tensor mask = attentionMask == null ? null : AttentionMask.padding(attentionMask);
    Variable hidden = encoder.forward(embed(inputIds, mode), mask, mode);
    if (pooler == null) {
      return new BertOutput(hidden, null);
    }
    Variable first = reshape(slice(hidden, 1, 0, 1), hidden.dim(0), hidden.dim(2));
    return new BertOutput(hidden, pooler.forward(first, UnaryOp.TANH));
  }

  /** What enters the encoder: [batch, seq] to [batch, seq, hidden]. */
  public Variable embed(Tensor inputIds, Mode mode) {
    if (inputIds.rank() != 2 || inputIds.dim(1) > positions.weight().dim(0)) {
      throw new TensorException(
          "bert: input ids are "
              + inputIds
              + "; they must be [batch, seq] with seq up to "
              + positions.weight().dim(0));
    }
    // Every row of a batch has the same positions and the same, first, segment.
    Variable place = add(positions.first(inputIds.dim(1)), segments.first(1));
    Variable sum = add(words.forward(inputIds), place);
    return embeddingDropout.forward(embeddingNorm.forward(sum), mode);
  }
}
