package dev.weft.nn.clip;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.IndexSelect.indexSelect;
import static dev.weft.autograd.op.Reshape.reshape;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionMask;
import dev.weft.nn.Embedding;
import dev.weft.nn.Init;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Transformer;
import dev.weft.nn.Weights;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * CLIP's text encoder: a causal pre-norm Transformer, of which the state at the end token counts;
 * Radford et al., arXiv 2103.00020, section 2.4.
 *
 * @param tokens [vocabulary, hidden]
 * @param positions [maxPositions, hidden]
 * @param projection into the shared space, [projection, hidden], no bias
 * @param endToken see {@link ClipConfig.Text}
 */
public record ClipTextNetwork(
    Embedding tokens,
    Embedding positions,
    Transformer encoder,
    LayerNorm finalNorm,
    Linear projection,
    int endToken)
    implements Module {

  /** The whole network. */
  public static ClipTextNetwork create(Weights weights, ClipConfig config) {
    ClipConfig.Text text = config.text();
    int hidden = text.encoder().hiddenSize();
    return new ClipTextNetwork(
        Embedding.create(weights.at("tokens"), text.vocabularySize(), hidden),
        Embedding.create(weights.at("positions"), text.maxPositions(), hidden),
        Transformer.create(weights.at("encoder"), text.encoder()),
        LayerNorm.create(weights.at("finalNorm"), hidden, text.encoder().epsilon()),
        Linear.withoutBias(
            weights.at("projection"),
            hidden,
            config.projectionSize(),
            Init.normal(1 / Math.sqrt(hidden))),
        text.endToken());
  }

  /**
   * One vector for each text, not normalised. What follows the end token changes nothing.
   *
   * @param inputIds I32 or I64 [batch, seq]
   * @return [batch, projection]
   */
  public Variable forward(Tensor inputIds, Mode mode) {
    if (inputIds.rank() != 2 || inputIds.dim(1) > positions.weight().dim(0)) {
      throw new TensorException(
          "clip: input ids are "
              + inputIds
              + "; they must be [batch, seq] with seq up to "
              + positions.weight().dim(0));
    }
    int seq = inputIds.dim(1);
    Variable embedded = add(tokens.forward(inputIds), positions.first(seq));
    Variable hidden = encoder.forward(embedded, AttentionMask.causal(seq), mode);
    Variable rows = reshape(hidden, -1, hidden.dim(2));
    Variable ends = indexSelect(rows, 0, Tensor.of(endRows(inputIds)));
    return projection.forward(finalNorm.forward(ends));
  }

  /** For each text, which of the batch's tokens is its end: text · seq + position. */
  private int[] endRows(Tensor inputIds) {
    int seq = inputIds.dim(1);
    long[] ids = inputIds.toLongs();
    int[] rows = new int[inputIds.dim(0)];
    for (int text = 0; text < rows.length; text++) {
      int from = text * seq;
      rows[text] =
          endToken == ClipConfig.GREATEST_TOKEN
              ? greatest(ids, from, from + seq)
              : firstEnd(ids, from, from + seq);
    }
    return rows;
  }

  private static int greatest(long[] ids, int from, int to) {
    int greatest = from;
    for (int at = from; at < to; at++) {
      greatest = ids[at] > ids[greatest] ? at : greatest;
    }
    return greatest;
  }

  private int firstEnd(long[] ids, int from, int to) {
    for (int at = from; at < to; at++) {
      if (ids[at] == endToken) {
        return at;
      }
    }
    throw new TensorException(
        "clip: text " + from / (to - from) + " of the batch has no end token " + endToken);
  }
}
