package dev.weft.nn.bert;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionMask;
import dev.weft.nn.Detail;
import dev.weft.nn.Dropout;
import dev.weft.nn.Embedding;
import dev.weft.nn.EncoderStates;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.PackedTokens;
import dev.weft.nn.Transformer;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.UnaryOp;
import java.util.Set;

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
    return forward(inputIds, null, attentionMask, mode, Set.of());
  }

  /**
   * Runs the network and shows what is asked for of its inside.
   *
   * @param inputIds I32 or I64 [batch, seq]
   * @param typeIds I32 or I64 [batch, seq]: the segment of each token; null = the first everywhere
   * @param attentionMask [batch, seq], true or 1 where there is a token; null = everywhere
   */
  public BertOutput forward(
      Tensor inputIds, Tensor typeIds, Tensor attentionMask, Mode mode, Set<Detail> details) {
    Tensor mask = attentionMask == null ? null : AttentionMask.padding(attentionMask);
    Variable embedded = embed(inputIds, typeIds, mode);
    EncoderStates states = EncoderStates.of(encoder, embedded, mask, mode, details);
    return new BertOutput(states.last(), pool(states.last()), states.hidden(), states.maps());
  }

  /** The last hidden states of texts without padding, [tokens, hidden]. */
  public Variable forward(PackedTokens tokens, Mode mode) {
    Variable place = add(positions.forward(tokens.positions()), segments.forward(tokens.typeIds()));
    Variable embedded = normalize(add(words.forward(tokens.ids()), place), mode);
    return encoder.forwardGroups(embedded, tokens.groups(_ -> null), mode);
  }

  /** What is computed in, and results are: F32 where weights lie in half precision. */
  DType dtype() {
    return embeddingNorm.weight().dtype();
  }

  private Variable pool(Variable hidden) {
    if (pooler == null) {
      return null;
    }
    Variable first = reshape(slice(hidden, 1, 0, 1), hidden.dim(0), hidden.dim(2));
    return pooler.forward(first, UnaryOp.TANH);
  }

  /** What enters the encoder, for texts of one segment: [batch, seq] to [batch, seq, hidden]. */
  public Variable embed(Tensor inputIds, Mode mode) {
    return embed(inputIds, null, mode);
  }

  private Variable embed(Tensor inputIds, Tensor typeIds, Mode mode) {
    if (inputIds.rank() != 2 || inputIds.dim(1) > positions.rows()) {
      throw new TensorException(
          "bert: input ids are "
              + inputIds
              + "; they must be [batch, seq] with seq up to "
              + positions.rows());
    }
    // Every row of a batch has the same positions.
    Variable segment = typeIds == null ? segments.first(1) : segments.forward(typeIds);
    Variable place = add(positions.first(inputIds.dim(1)), segment);
    return normalize(add(words.forward(inputIds), place), mode);
  }

  private Variable normalize(Variable sum, Mode mode) {
    return embeddingDropout.forward(embeddingNorm.forward(sum), mode);
  }
}
