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
import java.util.ArrayList;
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
   * The embeddings z of items. Where features are not in memory, some items are encoded at a time,
   * and once more for the gradients; the numbers are the same but for the order of dropout's draws.
   *
   * @param numbers rising item numbers; 0, the padding item, has zeros for e
   * @return [numbers, hidden]
   */
  public Variable forward(ModalityFeatures features, int[] numbers, Mode mode) {
    int block = features.blockItems();
    // The padding item may be one more than all.
    if (numbers.length <= block + 1) {
      return encode(features, numbers, mode);
    }
    List<Variable> parts = new ArrayList<>();
    for (int from = 0; from < numbers.length; from += block) {
      int to = Math.min(numbers.length, from + block);
      parts.add(forgetting(features, Arrays.copyOfRange(numbers, from, to), mode));
    }
    return concat(parts, 0);
  }

  private Variable encode(ModalityFeatures features, int[] numbers, Mode mode) {
    return experts.forward(pool(features, numbers), mode);
  }

  /** Encodes items and keeps nothing else: each time it draws what it drew the first time. */
  private Variable forgetting(ModalityFeatures features, int[] numbers, Mode mode) {
    boolean learnsPooling = pooling.variant() == AttentionPooling.Variant.MASKED_TRAINED;
    Module learns = learnsPooling ? this : experts;
    List<Variable> inputs = List.copyOf(learns.parameters().values());
    if (!mode.isTraining()) {
      return recomputed(() -> encode(features, numbers, mode), inputs);
    }
    RandomSource random = mode.random();
    long start = random.draws();
    long[] end = new long[1];
    Variable z =
        recomputed(
            () -> {
              RandomSource again = new RandomSource(random.seed(), start);
              Variable encoded = encode(features, numbers, Mode.training(again));
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
    if (numbers.length > 0 && numbers[0] == 0) {
      Shape one = Shape.of(1, features.width());
      Tensor none = Tensor.full(features.dtype(), one, features.device(), 0);
      int[] others = Arrays.copyOfRange(numbers, 1, numbers.length);
      return concat(List.of(Variable.of(none), pool(features, others)), 0);
    }
    int[] rows = numbers.length == features.items() ? null : rows(numbers);
    return pooling.forward(Variable.of(features.valuesOf(rows)), features.maskOf(rows));
  }

  private static int[] rows(int[] numbers) {
    return Arrays.stream(numbers).map(number -> number - 1).toArray();
  }
}
