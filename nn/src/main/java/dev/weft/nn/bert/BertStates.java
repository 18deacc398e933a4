package dev.weft.nn.bert;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.nn.Mode;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.TextBatches;
import dev.weft.nn.text.TokenBatch;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The states of many texts, all padded to the longest, computed some texts at a time. */
final class BertStates {
  private final BertNetwork network;
  private final TokenBatch tokens;
  private final Set<Detail> details;
  private final BertEncoding result;

  private BertStates(BertModel model, List<Encoding> encodings, Set<Detail> details) {
    this.network = model.network();
    model.requireSegments(encodings);
    this.tokens =
        TokenBatch.pad(encodings, model.config().maxPositions(), model.tokenizer().padId());
    this.details = details;
    this.result = empty(model.config());
  }

  static BertEncoding of(BertModel model, List<Encoding> encodings, Set<Detail> details) {
    BertStates states = new BertStates(model, encodings, details);
    int seq = Math.max(1, states.tokens.inputIds().dim(1));
    int step = Math.max(1, TextBatches.TOKENS / seq);
    for (int from = 0; from < encodings.size(); from += step) {
      states.compute(from, Math.min(encodings.size(), from + step));
    }
    return states.result;
  }

  private BertEncoding empty(BertConfig config) {
    int texts = tokens.inputIds().dim(0);
    int seq = tokens.inputIds().dim(1);
    int hidden = config.encoder().hiddenSize();
    int layers = config.encoder().layers();
    Shape states = Shape.of(texts, seq, hidden);
    Shape maps = Shape.of(texts, config.encoder().heads(), seq, seq);
    boolean showsStates = details.contains(Detail.HIDDEN_STATES);
    boolean showsMaps = details.contains(Detail.ATTENTION_MAPS);
    return new BertEncoding(
        tokens,
        empty(states),
        network.pooler() == null ? null : empty(Shape.of(texts, hidden)),
        Stream.generate(() -> empty(states)).limit(showsStates ? layers + 1 : 0).toList(),
        Stream.generate(() -> empty(maps)).limit(showsMaps ? layers : 0).toList());
  }

  private Tensor empty(Shape shape) {
    DType dtype = network.dtype();
    return Tensor.empty(dtype, shape, Device.CPU);
  }

  private void compute(int from, int to) {
    try (var _ = NoGrad.open();
        var _ = Scope.open()) {
      BertOutput output =
          network.forward(
              tokens.inputIds().slice(0, from, to),
              tokens.typeIds().slice(0, from, to),
              tokens.attentionMask().slice(0, from, to),
              Mode.inference(),
              details);
      Ops.copyInto(result.lastHiddenState().slice(0, from, to), output.lastHiddenState().value());
      if (result.poolerOutput() != null) {
        Ops.copyInto(result.poolerOutput().slice(0, from, to), output.poolerOutput().value());
      }
      List<Tensor> states = output.hiddenStates().stream().map(Variable::value).toList();
      copy(states, result.hiddenStates(), from, to);
      copy(output.attentionMaps(), result.attentionMaps(), from, to);
    }
  }

  private static void copy(List<Tensor> parts, List<Tensor> wholes, int from, int to) {
    for (int i = 0; i < wholes.size(); i++) {
      Ops.copyInto(wholes.get(i).slice(0, from, to), parts.get(i));
    }
  }
}
