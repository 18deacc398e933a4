package dev.weft.nn;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.autograd.op.SelfAttention.Sequences;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A stack of Transformer encoder layers; Vaswani et al., arXiv 1706.03762. */
public record Transformer(List<TransformerLayer> layers) implements Module {

  /** Copies the list. */
  public Transformer {
    layers = List.copyOf(layers);
  }

  /** All layers of one kind. */
  public static Transformer create(Weights weights, TransformerConfig config) {
    return new Transformer(
        IntStream.range(0, config.layers())
            .mapToObj(i -> TransformerLayer.create(weights.at("layers." + i), config))
            .toList());
  }

  /**
   * What leaves the last layer.
   *
   * @param x [batch, seq, hidden]
   * @param mask BOOL, true = attend, broadcastable to [batch, heads, seq, seq]; null = all; see
   *     {@link AttentionMask}
   * @return [batch, seq, hidden]
   */
  public Variable forward(Variable x, Tensor mask, Mode mode) {
    return forwardGroups(x, List.of(new Sequences(x.dim(0), x.dim(1), mask)), mode);
  }

  /**
   * The same for sequences of different lengths, with nothing between them.
   *
   * @param x [..., hidden], the positions of all groups in their order
   * @return of x's shape
   */
  public Variable forwardGroups(Variable x, List<Sequences> groups, Mode mode) {
    Variable hidden = x;
    for (TransformerLayer layer : layers) {
      hidden = run(layer, hidden, groups, mode);
    }
    return hidden;
  }

  /** Where nothing is remembered, all of a layer's memory but its result is given back at once. */
  private static Variable run(
      TransformerLayer layer, Variable x, List<Sequences> groups, Mode mode) {
    if (!NoGrad.isActive()) {
      return layer.forwardGroups(x, groups, mode);
    }
    try (var scope = Scope.open()) {
      Variable result = layer.forwardGroups(x, groups, mode);
      scope.keep(result.value());
      return result;
    }
  }

  /** {@code x} and what leaves each layer: layers + 1 times [batch, seq, hidden]. */
  public List<Variable> hiddenStates(Variable x, Tensor mask, Mode mode) {
    List<Sequences> all = List.of(new Sequences(x.dim(0), x.dim(1), mask));
    List<Variable> states = new ArrayList<>(List.of(x));
    for (TransformerLayer layer : layers) {
      states.add(run(layer, states.getLast(), all, mode));
    }
    return states;
  }

  /**
   * What each layer's heads attend to in inference. Where attention is computed, scores are never
   * stored as a whole; here they are computed once more, and kept.
   *
   * @param states what enters each layer, as {@link #hiddenStates} gives it
   * @return per layer [batch, heads, seq, seq]; each row sums to 1
   */
  public List<Tensor> attentionMaps(List<Variable> states, Tensor mask) {
    List<Tensor> maps = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      try (var _ = NoGrad.open();
          var scope = Scope.open()) {
        maps.add(scope.keep(layers.get(i).attentionMap(states.get(i), mask)));
      }
    }
    return maps;
  }
}
