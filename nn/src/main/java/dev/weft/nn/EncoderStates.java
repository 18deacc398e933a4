package dev.weft.nn;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * What leaves a Transformer, and what was asked for of its inside.
 *
 * @param last [batch, seq, hidden]
 * @param hidden layers + 1 times [batch, seq, hidden]; empty unless asked for
 * @param maps per layer [batch, heads, seq, seq]; empty unless asked for
 */
public record EncoderStates(Variable last, List<Variable> hidden, List<Tensor> maps) {

  /** Runs {@code encoder}; the mask is that of {@link Transformer#forward}. */
  public static EncoderStates of(
      Transformer encoder, Variable x, Tensor mask, Mode mode, Set<Detail> details) {
    if (details.isEmpty()) {
      return new EncoderStates(encoder.forward(x, mask, mode), List.of(), List.of());
    }
    List<Variable> states = encoder.hiddenStates(x, mask, mode);
    boolean showsStates = details.contains(Detail.HIDDEN_STATES);
    boolean showsMaps = details.contains(Detail.ATTENTION_MAPS);
    return new EncoderStates(
        states.getLast(),
        showsStates ? states : List.of(),
        showsMaps ? encoder.attentionMaps(states, mask) : List.of());
  }
}
