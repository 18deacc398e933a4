package dev.weft.nn.clip;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The states of many texts or images, computed some at a time. */
final class ClipStates {
  private final int rows;
  private final int step;
  private final Set<Detail> details;
  private final List<Tensor> wholes = new ArrayList<>();

  /** For {@code rows} texts or images, {@code step} at a time. */
  ClipStates(int rows, int step, Set<Detail> details) {
    this.rows = rows;
    this.step = step;
    this.details = details;
  }

  /** Computes a range. */
  @FunctionalInterface
  interface Range {
    ClipOutput of(int from, int to, Set<Detail> details);
  }

  ClipEncoding compute(Range range) {
    ClipOutput first = null;
    for (int from = 0; from < rows || from == 0; from += step) {
      int to = Math.min(rows, from + step);
      try (var _ = NoGrad.open();
          var scope = Scope.open()) {
        ClipOutput output = range.of(from, to, details);
        first = first == null ? output : first;
        collect(tensors(output), from, to, scope);
      }
    }
    return encoding(first);
  }

  private static List<Tensor> tensors(ClipOutput output) {
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(output.vector().value());
    tensors.add(output.pooled().value());
    tensors.add(output.lastHiddenState().value());
    output.hiddenStates().stream().map(Variable::value).forEach(tensors::add);
    tensors.addAll(output.attentionMaps());
    return tensors;
  }

  private void collect(List<Tensor> parts, int from, int to, Scope scope) {
    for (int i = 0; i < parts.size(); i++) {
      Tensor part = parts.get(i);
      if (wholes.size() == i) {
        wholes.add(scope.keep(Tensor.empty(part.dtype(), part.shape().with(0, rows), Device.CPU)));
      }
      Ops.copyInto(wholes.get(i).slice(0, from, to), part);
    }
  }

  private ClipEncoding encoding(ClipOutput first) {
    int states = 3 + first.hiddenStates().size();
    return new ClipEncoding(
        first.embedding() == null ? null : wholes.getFirst(),
        wholes.get(1),
        wholes.get(2),
        List.copyOf(wholes.subList(3, states)),
        List.copyOf(wholes.subList(states, wholes.size())));
  }
}
