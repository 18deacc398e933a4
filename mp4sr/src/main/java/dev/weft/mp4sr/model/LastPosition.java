package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Transpose.transpose;

import dev.weft.autograd.Variable;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.MultiHeadAttention;
import dev.weft.nn.TransformerLayer;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;

/**
 * A post-norm Transformer layer of whose output only the last real position of each sequence is
 * wanted, as it is of the last layer: keys and values for all positions, and everything else for
 * one. Gives what the whole layer gives there.
 */
final class LastPosition {
  private final TransformerLayer layer;
  private final Variable x;
  private final int heads;
  private final int hidden;

  private LastPosition(TransformerLayer layer, Variable x) {
    this.layer = layer;
    this.x = x;
    this.heads = layer.attention().heads();
    this.hidden = x.dim(2);
  }

  /**
   * The layer's output at the last real positions.
   *
   * @param x [n, seq, hidden]
   * @param lengths I32 [n]
   * @return [n, hidden]
   */
  static Variable forward(TransformerLayer layer, Variable x, Tensor lengths, Mode mode) {
    LastPosition last = new LastPosition(layer, x);
    Variable query = last.rows(lengths);
    Variable attended = last.attend(query, lengths, mode);
    Variable middle =
        layer.attentionNorm().forward(add(query, layer.dropout().forward(attended, mode)));
    Variable transformed = layer.feedForward().forward(middle);
    return layer.feedForwardNorm().forward(add(middle, layer.dropout().forward(transformed, mode)));
  }

  private Variable rows(Tensor lengths) {
    int[] rows = lengths.toInts();
    for (int i = 0; i < rows.length; i++) {
      rows[i] += i * x.dim(1) - 1;
    }
    return embedding(reshape(x, -1, hidden), Tensor.of(rows, rows.length));
  }

  private Variable attend(Variable query, Tensor lengths, Mode mode) {
    MultiHeadAttention attention = layer.attention();
    double probability = attention.dropout().probability();
    RandomKey key = mode.isTraining() && probability > 0 ? mode.random().nextKey() : null;
    Variable perHead =
        attention(
            perHead(query, 0, 1),
            perHead(x, 1, x.dim(1)),
            perHead(x, 2, x.dim(1)),
            real(lengths),
            1 / Math.sqrt((double) hidden / heads),
            probability,
            key);
    return attention.output().forward(reshape(perHead, x.dim(0), hidden));
  }

  /** Part 0, 1, 2 (Q, K, V) of the projections: [n, heads, seq, headDim]. */
  private Variable perHead(Variable input, int part, int length) {
    Linear maps = layer.attention().queryKeyValue();
    int from = part * hidden;
    Variable projected =
        linear(
            input,
            slice(maps.weight(), 0, from, from + hidden),
            slice(maps.bias(), 0, from, from + hidden));
    return transpose(reshape(projected, x.dim(0), length, heads, hidden / heads), 1, 2);
  }

  /** BOOL [n, 1, 1, seq], true on real positions. */
  private Tensor real(Tensor lengths) {
    int length = x.dim(1);
    int[] counts = lengths.toInts();
    boolean[] real = new boolean[counts.length * length];
    for (int i = 0; i < real.length; i++) {
      real[i] = i % length < counts[i / length];
    }
    return Tensor.of(real, counts.length, 1, 1, length);
  }
}
