package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Small models, features and batches, all F64. */
final class TinyModel {
  static final int ITEMS = 7;
  static final int WIDTH = 5;

  private TinyModel() {}

  static M2seConfigBuilder config() {
    return M2seConfig.builder()
        .hiddenSize(4)
        .feedForwardSize(6)
        .layers(2)
        .heads(2)
        .experts(3)
        .maxLength(6)
        .layerNormEpsilon(1e-4)
        .temperature(0.5)
        .cmclWeight(0.3);
  }

  /** Parameters far from where training starts, so that everything has a say. */
  static Weights lively(long seed) {
    RandomSource random = new RandomSource(seed);
    return new Weights() {
      @Override
      public Variable parameter(String name, Init init, int... dims) {
        Tensor noise = Ops.randomNormal(DType.F64, Shape.of(dims), random.nextKey());
        double centre = init.equals(Init.ones()) ? 1 : 0;
        return Variable.parameter(Ops.add(Ops.multiply(noise, 0.5), centre));
      }

      @Override
      public DType dtype() {
        return DType.F64;
      }
    };
  }

  static Tensor normal(long seed, int... dims) {
    return Ops.randomNormal(DType.F64, Shape.of(dims), new RandomKey(seed, 0));
  }

  /** Every item has every sentence. */
  static Catalogue complete() {
    boolean[] texts = new boolean[ITEMS * 3];
    boolean[] images = new boolean[ITEMS * 2];
    java.util.Arrays.fill(texts, true);
    java.util.Arrays.fill(images, true);
    return catalogue(texts, images);
  }

  /** Item 2 has no image, item 5 no text, item 7 nothing, others lack a sentence here and there. */
  static Catalogue gappy() {
    boolean[] texts = new boolean[ITEMS * 3];
    boolean[] images = new boolean[ITEMS * 2];
    for (int i = 0; i < ITEMS; i++) {
      for (int j = 0; j < 3; j++) {
        texts[3 * i + j] = i != 4 && i != 6 && (j == 0 || (i + j) % 2 == 0);
      }
      for (int j = 0; j < 2; j++) {
        images[2 * i + j] = i != 1 && i != 6 && (j == 0 || i % 2 == 0);
      }
    }
    return catalogue(texts, images);
  }

  private static Catalogue catalogue(boolean[] texts, boolean[] images) {
    return new Catalogue(features(11, texts, 3), features(12, images, 2));
  }

  private static ModalityFeatures features(long seed, boolean[] mask, int sentences) {
    Tensor there = Tensor.of(mask, ITEMS, sentences);
    Tensor zero = Tensor.scalar(DType.F64, 0);
    Tensor values = Ops.where(there.unsqueeze(-1), normal(seed, ITEMS, sentences, WIDTH), zero);
    return ModalityFeatures.of(values, there, DType.F64);
  }

  static TrainingBatch batch(int[] next, int[]... histories) {
    return new TrainingBatch(SequenceBatch.of(List.of(histories), 6), Tensor.of(next));
  }

  /** Five histories; two have the same next item, one is of one item. */
  static TrainingBatch batch() {
    return batch(
        new int[] {3, 1, 3, 6, 2},
        new int[] {1, 2, 4},
        new int[] {5},
        new int[] {7, 7, 2, 6, 1, 3},
        new int[] {2, 5},
        new int[] {6, 4, 1, 5});
  }

  static void assertClose(double expected, double actual, double relative) {
    assertEquals(expected, actual, relative * Math.max(1, Math.abs(expected)));
  }

  static void assertClose(double[] expected, double[] actual, double relative) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertClose(expected[i], actual[i], relative);
    }
  }

  /**
   * Central differences of a loss with respect to every parameter.
   *
   * @param loss builds a model from weights and gives the loss of a batch
   */
  static void checkGradients(Function<Weights, Variable> loss) {
    List<Tensor> values = new ArrayList<>();
    Weights lively = lively(21);
    Variable first =
        loss.apply(
            weights(
                (name, init, dims) -> {
                  Variable drawn = lively.parameter(name, init, dims);
                  values.add(drawn.value());
                  return drawn;
                }));
    assertTrue(first.requiresGrad());
    GradientCheck.check(
        inputs -> {
          ArrayDeque<Variable> left = new ArrayDeque<>(inputs);
          return loss.apply(weights((name, init, dims) -> left.remove()));
        },
        values.toArray(Tensor[]::new));
  }

  private interface Source {
    Variable parameter(String name, Init init, int... dims);
  }

  private static Weights weights(Source source) {
    return new Weights() {
      @Override
      public Variable parameter(String name, Init init, int... dims) {
        return source.parameter(name, init, dims);
      }

      @Override
      public DType dtype() {
        return DType.F64;
      }
    };
  }
}
