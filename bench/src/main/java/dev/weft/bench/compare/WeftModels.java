package dev.weft.bench.compare;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import dev.weft.nn.bert.BertNetwork;
import dev.weft.nn.bert.BertOutput;
import dev.weft.nn.clip.ClipVisionNetwork;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;

/** The two encoders, in inference. */
final class WeftModels {
  private WeftModels() {}

  static Job bert(Kind.Bert it) {
    BertNetwork network = Models.bert();
    Tensor ids = Tensor.of(Models.tokens(it), it.batch(), it.length());
    return new Inference(
        () -> {
          BertOutput output = network.forward(ids, null, Mode.inference());
          return List.of(output.lastHiddenState(), output.poolerOutput());
        });
  }

  static Job clip(Kind.ClipImage it) {
    ClipVisionNetwork network = Models.clip();
    Variable pixels = Variable.of(Tensor.of(Models.pixels(it), it.batch(), 3, 224, 224));
    return new Inference(() -> List.of(network.forward(pixels, Mode.inference())));
  }

  /** A forward pass of which nothing is remembered. */
  private record Inference(Supplier<List<Variable>> forward) implements Job {
    @Override
    public void run() {
      try (var _ = NoGrad.open();
          var _ = Scope.open()) {
        var _ = forward.get();
      }
    }

    @Override
    public float[] result() {
      try (var _ = NoGrad.open();
          var _ = Scope.open()) {
        return Inputs.joined(forward.get().stream().map(v -> v.value().toFloats()).toList());
      }
    }
  }
}
