package dev.weft.mp4sr.model;

import static dev.weft.autograd.op.Concat.concat;
import static dev.weft.autograd.op.Recomputed.recomputed;

import dev.weft.autograd.Variable;
import dev.weft.nn.AttentionPooling;
import dev.weft.nn.MixtureOfExperts;
import dev.weft.nn.Mode;
import dev.weft.nn.Module;
import dev.weft.nn.Weights;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
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
   * The embeddings z of items. Where features are not in memory, some items are encoded at a time,
   * and once more for the gradients; the numbers are the same but for the order of dropout's draws.
   *
   * @param numbers rising item numbers; 0, the padding item, has zeros for e
   * @return [numbers, hidden]
   */
  public Variable forward(ModalityFeatures features, int[] numbers, Mode mode) {
    return forward(features.chosen(numbers), mode);
  }

  /** The same of items that were chosen before. */
  Variable forward(ModalityFeatures.Choice items, Mode mode) {
    if (!items.isTooMany()) {
      return encode(items, mode);
    }
    return concat(items.blocks().stream().map(block -> forgetting(block, mode)).toList(), 0);
  }

  private Variable encode(ModalityFeatures.Choice items, Mode mode) {
    return experts.forward(pool(items), mode);
  }

  /** Encodes items and keeps nothing else: each time it draws what it drew the first time. */
  private Variable forgetting(ModalityFeatures.Choice items, Mode mode) {
    boolean learnsPooling = pooling.variant() == AttentionPooling.Variant.MASKED_TRAINED;
    Module learns = learnsPooling ? this : experts;
    List<Variable> inputs = List.copyOf(learns.parameters().values());
    if (!mode.isTraining()) {
      return recomputed(() -> encode(items, mode), inputs);
    }
    RandomSource random = mode.random();
    long start = random.draws();
    long[] end = new long[1];
    Variable z =
        recomputed(
            () -> {
              RandomSource again = new RandomSource(random.seed(), start);
              Variable encoded = encode(items, Mode.training(again));
              end[0] = again.draws();
              return encoded;
            },
            inputs);
    while (random.draws() < end[0]) {
      random.nextKey();
    }
    return z;
  }

  /** The pooled features e of items: [numbers, width]. */
  public Variable pool(ModalityFeatures features, int[] numbers) {
    return pool(features.chosen(numbers));
  }

  private Variable pool(ModalityFeatures.Choice items) {
    Variable pooled = pooling.forward(Variable.of(items.values()), items.mask());
    if (!items.startsWithPadding()) {
      return pooled;
    }
    ModalityFeatures features = items.features();
    Shape one = Shape.of(1, features.width());
    Tensor none = Tensor.full(features.dtype(), one, features.device(), 0);
    return concat(List.of(Variable.of(none), pooled), 0);
  }
}
