package dev.weft.bench.compare;

import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.function.Supplier;

/** A work of ours with one result, whose memory a scope gives back. */
record TensorJob(Supplier<Tensor> work) implements Job {
  @Override
  public void run() {
    try (var _ = Scope.open()) {
      var _ = work.get();
    }
  }

  @Override
  public float[] result() {
    try (var _ = Scope.open()) {
      return work.get().toFloats();
    }
  }
}
