package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Add.add;
import static dev.weft.autograd.op.Attention.attention;
import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.Reshape.reshape;
import static dev.weft.autograd.op.Slice.slice;
import static dev.weft.autograd.op.Transpose.transpose;

import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.PackedSequences.Group;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.MultiHeadAttention;
import dev.weft.nn.TransformerLayer;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;
import java.util.List;

/**
 * A causal post-norm Transformer layer over {@link PackedSequences}; computes at every real
 * position what {@link TransformerLayer#forward} computes there.
 */
record PackedLayer(TransformerLayer layer, PackedSequences sequences, Mode mode) {

  /** [tokens, hidden] to the same. */
  Variable forward(Variable x) {
    Variable query = project(x, 0);
    Variable key = project(x, 1);
    Variable value = project(x, 2);
    List<Variable> attended =
        sequences.groups().stream().map(group -> attend(group, query, key, value)).toList();
    return rest(x, joined(attended));
  }

  /**
   * The layer's output at the last position of each sequence only, as it is wanted of the last
   * layer: keys and values for all tokens, everything else for one a sequence.
   *
   * @return [n, hidden], in the order of the groups
   */
  Variable forwardLast(Variable x) {
    Variable ends =
        joined(sequences.groups().stream().map(group -> embedding(x, group.last())).toList());
    Variable query = project(ends, 0);
    Variable key = project(x, 1);
    Variable value = project(x, 2);
    int at = 0;
    Variable[] attended = new Variable[sequences.groups().size()];
    for (int i = 0; i < attended.length; i++) {
      Group group = sequences.groups().get(i);
      int count = group.last().dim(0);
      attended[i] = attendLast(group, slice(query, 0, at, at + count), key, value);
      at += count;
    }
    return rest(ends, joined(List.of(attended)));
  }

  private static Variable joined(List<Variable> parts) {
    return parts.size() == 1 ? parts.get(0) : concat(parts, 0);
  }

  /** What follows the heads, which is the same for every position. */
  private Variable rest(Variable x, Variable attended) {
    Variable output = layer.attention().output().forward(attended);
    Variable middle = layer.attentionNorm().forward(add(x, layer.dropout().forward(output, mode)));
    Variable transformed = layer.feedForward().forward(middle);
    return layer.feedForwardNorm().forward(add(middle, layer.dropout().forward(transformed, mode)));
  }

  private Variable attend(Group group, Variable query, Variable key, Variable value) {
    Variable perHead =
        heads(
            perHead(query, group.slots()),
            perHead(key, group.slots()),
            perHead(value, group.slots()),
            group.causal());
    Variable padded = reshape(transpose(perHead, 1, 2), -1, hidden());
    return embedding(padded, group.real());
  }

  private Variable attendLast(Group group, Variable query, Variable key, Variable value) {
    int heads = layer.attention().heads();
    Variable perHead =
        heads(
            reshape(query, -1, heads, 1, hidden() / heads),
            perHead(key, group.slots()),
            perHead(value, group.slots()),
            group.present());
    return reshape(perHead, -1, hidden());
  }

  private Variable heads(Variable query, Variable key, Variable value, Tensor mask) {
    MultiHeadAttention attention = layer.attention();
    double probability = attention.dropout().probability();
    RandomKey random = mode.isTraining() && probability > 0 ? mode.random().nextKey() : null;
    double scale = 1 / Math.sqrt((double) hidden() / attention.heads());
    return attention(query, key, value, mask, scale, probability, random);
  }

  /** Tokens at their places: [n, heads, seq, headDim]. */
  private Variable perHead(Variable tokens, Tensor slots) {
    int heads = layer.attention().heads();
    Variable padded = embedding(tokens, slots);
    return transpose(reshape(padded, slots.dim(0), slots.dim(1), heads, hidden() / heads), 1, 2);
  }

  /** Part 0, 1, 2 (Q, K, V) of the projections: [..., hidden] to the same. */
  private Variable project(Variable x, int part) {
    Linear maps = layer.attention().queryKeyValue();
    int from = part * hidden();
    int to = from + hidden();
    return linear(x, slice(maps.weight(), 0, from, to), slice(maps.bias(), 0, from, to));
  }

  private int hidden() {
    return layer.attention().output().in();
  }
}
