package dev.weft.mp4sr.model;

import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One constant vector for each item, as models take it that learn no pooling. */
final class FrozenFeatures {
  private FrozenFeatures() {}

  /**
   * The mean of an item's sentences, zeros where there are none; texts and images side by side
   * where both are seen. Outlives every scope.
   *
   * @return [items, width] or [items, 2 width], row {@code i} for item number {@code i + 1}
   */
  static Tensor of(Catalogue catalogue, Modalities modalities) {
    try (var _ = Scope.open()) {
      return Scope.detach(
          switch (modalities) {
            case TEXT -> mean(catalogue.text());
            case IMAGE -> mean(catalogue.image());
            case BOTH -> Ops.concat(List.of(mean(catalogue.text()), mean(catalogue.image())), 1);
          });
    }
  }

  /** [items, width], a block of items at a time. */
  private static Tensor mean(ModalityFeatures features) {
    List<Tensor> means = new ArrayList<>();
    for (int from = 0; from < features.items(); from += features.blockItems()) {
      int to = Math.min(features.items(), from + features.blockItems());
      try (Scope scope = Scope.open()) {
        means.add(scope.keep(mean(features.chosen(IntStream.rangeClosed(from + 1, to).toArray()))));
      }
    }
    return Ops.concat(means, 0);
  }

  private static Tensor mean(ModalityFeatures.Choice items) {
    int[] counts = items.counts();
    double[] inverse = Arrays.stream(counts).mapToDouble(n -> 1.0 / Math.max(n, 1)).toArray();
    Tensor values = items.values(); // zero where a sentence is missing
    Tensor column = Tensor.of(inverse, inverse.length, 1).to(values.device());
    return Ops.multiply(Ops.sum(values, false, 1), Ops.cast(column, values.dtype()));
  }
}
