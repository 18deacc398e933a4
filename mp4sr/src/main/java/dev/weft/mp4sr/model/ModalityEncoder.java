package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Concat.concat;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionPooling;
import dev.weft.nn.MixtureOfExperts;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The text or the image encoder: {@code e = Σ_j α_j x_j}, {@code z = Σ_k g_k(e) E_k(e)}.
 *
 * @param pooling from an item's sentences to e
 * @param experts from e to z
 */
public record ModalityEncoder(AttentionPooling pooling, MixtureOfExperts experts)
    implements Module {

  static ModalityEncoder create(Weights weights, M2seConfig config, int width) {
    AttentionPooling.Variant variant =
        switch (config.pooling()) {
          case TRAINED -> AttentionPooling.Variant.MASKED_TRAINED;
          case FROZEN_UNMASKED -> AttentionPooling.Variant.UNMASKED_FROZEN;
        };
    return new ModalityEncoder(
        AttentionPooling.create(weights.at("pooling"), width, config.hiddenSize(), variant),
        MixtureOfExperts.create(
            weights.at("experts"),
            config.experts(),
            width,
            config.hiddenSize(),
            config.expertDropout(),
            config.layerNormEpsilon()));
  }

  /**
   * The embeddings z of items.
   *
   * @param numbers rising item numbers; 0, the padding item, has zeros for e
   * @return [numbers, hidden]
   */
  public Variable forward(ModalityFeatures features, int[] numbers, Mode mode) {
    return experts.forward(pool(features, numbers), mode);
  }

  /** The pooled features e of items: [numbers, width]. */
  public Variable pool(ModalityFeatures features, int[] numbers) {
    if (numbers.length > 0 && numbers[0] == 0) {
      Tensor values = features.values();
      Tensor none = Tensor.full(values.dtype(), Shape.of(1, features.width()), values.device(), 0);
      int[] others = Arrays.copyOfRange(numbers, 1, numbers.length);
      return concat(List.of(Variable.of(none), pool(features, others)), 0);
    }
    Tensor rows = numbers.length == features.items() ? null : rows(numbers);
    return pooling.forward(Variable.of(features.valuesOf(rows)), features.maskOf(rows));
  }

  private static Tensor rows(int[] numbers) {
    int[] rows = numbers.clone();
    Arrays.setAll(rows, i -> numbers[i] - 1);
    return Tensor.of(rows, rows.length);
  }
}
