package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Embedding.embedding;
import static dev.weft.autograd.op.Linear.linear;
import static dev.weft.autograd.op.SelfAttention.lastAttention;
import static dev.weft.autograd.op.SelfAttention.selfAttention;
import static dev.weft.autograd.op.Slice.slice;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.SelfAttention.Heads;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.MultiHeadAttention;
import dev.weft.nn.TransformerLayer;
import java.util.List;

/**
 * A causal post-norm Transformer layer over {@link PackedSequences}; computes at every real
 * position what {@link TransformerLayer#forward} computes there.
 */
record PackedLayer(TransformerLayer layer, PackedSequences sequences, Mode mode) {

  /**
   * [tokens, hidden] to the same.
   *
   * @param groups the sequences' {@link PackedSequences#causalGroups}
   */
  Variable forward(Variable x, List<Sequences> groups) {
    MultiHeadAttention attention = layer.attention();
    Variable queryKeyValue = attention.queryKeyValue().forward(x);
    Heads heads = attention.drawHeads(sequences.groups().size(), mode);
    return rest(x, selfAttention(queryKeyValue, groups, heads));
  }

  /**
   * The layer's output at the last position of each sequence only, as it is wanted of the last
   * layer: keys and values for all tokens, everything else for one a sequence.
   *
   * @return [n, hidden], in the order of the groups
   */
  Variable forwardLast(Variable x) {
    int hidden = x.dim(1);
    Variable ends = embedding(x, sequences.last().tensor());
    Variable query = project(ends, 0, hidden);
    Variable keyValue = project(x, hidden, 3 * hidden);
    Heads heads = layer.attention().drawHeads(sequences.groups().size(), mode);
    return rest(ends, lastAttention(query, keyValue, sequences.groups(), heads));
  }

  /** What follows the heads, which is the same for every position. */
  private Variable rest(Variable x, Variable attended) {
    Variable output = layer.attention().output().forward(attended);
    Variable middle = layer.attentionNorm().ofSum(x, layer.dropout().forward(output, mode));
    Variable transformed = layer.feedForward().forward(middle);
    return layer.feedForwardNorm().ofSum(middle, layer.dropout().forward(transformed, mode));
  }

  /** Some rows of the projections to Q, K and V, which stand one below the other. */
  private Variable project(Variable x, int from, int to) {
    Linear maps = layer.attention().queryKeyValue();
    return linear(x, slice(maps.weight(), 0, from, to), slice(maps.bias(), 0, from, to));
  }
}
