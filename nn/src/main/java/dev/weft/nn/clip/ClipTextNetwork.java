package dev.weft.nn.clip;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.IndexSelect.indexSelect;
import static dev.weft.autograd.op.Reshape.reshape;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionMask;
import dev.weft.nn.Detail;
import dev.weft.nn.Embedding;
import dev.weft.nn.EncoderStates;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.PackedTokens;
import dev.weft.nn.Transformer;
import dev.weft.nn.Weights;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Set;

/**
 * CLIP's text encoder: a causal pre-norm Transformer, of which the state at the end token counts;
 * Radford et al., arXiv 2103.00020, section 2.4.
 *
 * @param tokens [vocabulary, hidden]
 * @param positions [maxPositions, hidden]
 * @param projection into the shared space, [projection, hidden], no bias; or null
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
        config.projection(weights.at("projection"), hidden),
        text.endToken());
  }

  /**
   * One vector for each text, not normalised. What follows the end token changes nothing.
   *
   * @param inputIds I32 or I64 [batch, seq]
   * @return [batch, projection], or [batch, hidden] where there is no projection
   */
  public Variable forward(Tensor inputIds, Mode mode) {
    return forward(inputIds, mode, Set.of()).vector();
  }

  /**
   * Runs the network and shows what is asked for of its inside.
   *
   * @param inputIds I32 or I64 [batch, seq]
   */
  public ClipOutput forward(Tensor inputIds, Mode mode, Set<Detail> details) {
    if (inputIds.rank() != 2 || inputIds.dim(1) > positions.rows()) {
      throw new TensorException(
          "clip: input ids are "
              + inputIds
              + "; they must be [batch, seq] with seq up to "
              + positions.rows());
    }
    int seq = inputIds.dim(1);
    Tensor mask = AttentionMask.causal(seq);
    Variable embedded = add(tokens.forward(inputIds), positions.first(seq));
    EncoderStates states = EncoderStates.of(encoder, embedded, mask, mode, details);
    Variable last = finalNorm.forward(states.last());
    Variable rows = reshape(last, -1, last.dim(2));
    Variable ends = indexSelect(rows, 0, Tensor.of(endRows(inputIds)));
    return new ClipOutput(project(ends), ends, last, states.hidden(), states.maps());
  }

  /** {@link #forward(Tensor, Mode)} of texts without padding. */
  public Variable forward(PackedTokens texts, Mode mode) {
    Variable embedded = add(tokens.forward(texts.ids()), positions.forward(texts.positions()));
    Variable states = encoder.forwardGroups(embedded, texts.groups(AttentionMask::causal), mode);
    Variable ends = finalNorm.forward(indexSelect(states, 0, Tensor.of(endRows(texts))));
    Variable projected = project(ends);
    return projected == null ? ends : projected;
  }

  private Variable project(Variable pooled) {
    return projection == null ? null : projection.forward(pooled);
  }

  /** For each text, which of the batch's tokens is its end: text · seq + position. */
  private int[] endRows(Tensor inputIds) {
    int seq = inputIds.dim(1);
    long[] ids = inputIds.toLongs();
    int[] rows = new int[inputIds.dim(0)];
    for (int text = 0; text < rows.length; text++) {
      rows[text] = end(ids, text, text * seq, (text + 1) * seq);
    }
    return rows;
  }

  private int[] endRows(PackedTokens texts) {
    long[] ids = texts.ids().toLongs();
    int[] rows = texts.starts().toInts();
    for (int text = 0; text < rows.length; text++) {
      rows[text] = end(ids, text, rows[text], rows[text] + texts.lengths().get(text));
    }
    return rows;
  }

  private int end(long[] ids, int text, int from, int to) {
    return endToken == ClipConfig.GREATEST_TOKEN
        ? greatest(ids, from, to)
        : firstEnd(ids, text, from, to);
  }

  private static int greatest(long[] ids, int from, int to) {
    int greatest = from;
    for (int at = from; at < to; at++) {
      greatest = ids[at] > ids[greatest] ? at : greatest;
    }
    return greatest;
  }

  private int firstEnd(long[] ids, int text, int from, int to) {
    for (int at = from; at < to; at++) {
      if (ids[at] == endToken) {
        return at;
      }
    }
    throw new TensorException("clip: text " + text + " of the batch has no end token " + endToken);
  }
}
