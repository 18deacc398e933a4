package dev.weft.mp4sr.cli;

import dev.weft.nn.Detail;
import dev.weft.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** What {@code mp4sr encode} writes besides the result, if asked to. */
final class EncodeDetails {
  @Option(
      names = "--hidden-states",
      description =
          "Also what enters the first layer and what leaves each: hidden_states.0, …1, and so on,"
              + " [n, seq, hidden].")
  boolean hiddenStates;

  @Option(
      names = "--attentions",
      description = "Also what each layer's heads attend to: attentions.0 …, [n, heads, seq, seq].")
  boolean attentions;

  Detail[] asked() {
    Set<Detail> details = EnumSet.noneOf(Detail.class);
    if (hiddenStates) {
      details.add(Detail.HIDDEN_STATES);
    }
    if (attentions) {
      details.add(Detail.ATTENTION_MAPS);
    }
    return details.toArray(Detail[]::new);
  }

  static void put(Map<String, Tensor> tensors, List<Tensor> hiddenStates, List<Tensor> attentions) {
    for (int i = 0; i < hiddenStates.size(); i++) {
      tensors.put("hidden_states." + i, hiddenStates.get(i));
    }
    for (int i = 0; i < attentions.size(); i++) {
      tensors.put("attentions." + i, attentions.get(i));
    }
  }
}
