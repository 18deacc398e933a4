package dev.weft.nn;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
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
    Variable hidden = x;
    for (TransformerLayer layer : layers) {
      hidden = run(layer, hidden, mask, mode);
    }
    return hidden;
  }

  /** Where nothing is remembered, all of a layer's memory but its result is given back at once. */
  private static Variable run(TransformerLayer layer, Variable x, Tensor mask, Mode mode) {
    if (!NoGrad.isActive()) {
      return layer.forward(x, mask, mode);
    }
    try (var scope = Scope.open()) {
      Variable result = layer.forward(x, mask, mode);
      scope.keep(result.value());
      return result;
    }
  }

  /** {@code x} and what leaves each layer: layers + 1 times [batch, seq, hidden]. */
  public List<Variable> hiddenStates(Variable x, Tensor mask, Mode mode) {
    List<Variable> states = new ArrayList<>(List.of(x));
    for (TransformerLayer layer : layers) {
      states.add(run(layer, states.getLast(), mask, mode));
    }
    return states;
  }

  /** What each layer's heads attend to in inference: per layer [batch, heads, seq, seq]. */
  public List<Tensor> attentionMaps(Variable x, Tensor mask) {
    List<Tensor> maps = new ArrayList<>();
    Variable hidden = x;
    for (TransformerLayer layer : layers) {
      maps.add(layer.attentionMap(hidden, mask));
      hidden = run(layer, hidden, mask, Mode.inference());
    }
    return maps;
  }
}
