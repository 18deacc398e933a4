package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.autograd.op.Add;
import dev.weft.autograd.op.Multiply;
import dev.weft.autograd.op.Sum;
import dev.weft.mp4sr.features.FeatureVectors;
import dev.weft.mp4sr.model.M2seConfig.Missing;
import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.mp4sr.model.M2seConfig.Pooling;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From features to z: pooling, experts, and items that lack something. */
class ModalityEncoderTest {
  private static final int[] ALL = IntStream.rangeClosed(1, TinyModel.ITEMS).toArray();

  private static double[][] sentences(ModalityFeatures features, int item) {
    return Equations.rows(features.values().select(0, item - 1));
  }

  private static boolean[] mask(ModalityFeatures features, int item) {
    int[] flags = features.mask().select(0, item - 1).toInts();
    boolean[] mask = new boolean[flags.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = flags[i] != 0;
    }
    return mask;
  }

  private static double[] z(ModalityEncoder encoder, ModalityFeatures features, int item) {
    double[] e = Equations.pool(sentences(features, item), mask(features, item), encoder.pooling());
    return Equations.experts(e, encoder.experts());
  }

  @Test
  void someItemsOutOfOrderOfNothing() {
    Catalogue catalogue = TinyModel.gappy();
    ModalityEncoder encoder =
        ModalityEncoder.create(lively(1), TinyModel.config().build(), TinyModel.WIDTH);
    int[] numbers = {1, 3, 6};
    double[][] z =
        Equations.rows(encoder.forward(catalogue.text(), numbers, Mode.inference()).value());
    for (int i = 0; i < numbers.length; i++) {
      assertClose(z(encoder, catalogue.text(), numbers[i]), z[i], 1e-11);
    }
  }

  @Test
  void frozenPoolingCountsMissingSentencesAndDoesNotLearn() {
    Catalogue catalogue = TinyModel.gappy();
    M2seConfig config = TinyModel.config().pooling(Pooling.FROZEN_UNMASKED).build();
    ModalityEncoder encoder = ModalityEncoder.create(lively(1), config, TinyModel.WIDTH);
    Variable pooled = encoder.pool(catalogue.text(), ALL);
    double[][] e = Equations.rows(pooled.value());
    boolean[] everything = {true, true, true};
    for (int item : ALL) {
      assertClose(
          Equations.pool(sentences(catalogue.text(), item), everything, encoder.pooling()),
          e[item - 1],
          1e-11);
    }
    Variable z = encoder.forward(catalogue.text(), ALL, Mode.inference());
    Sum.sum(z, false).backward();
    assertNull(encoder.pooling().projection().weight().grad());
    assertTrue(encoder.experts().gate().weight().grad() != null);
  }

  @Test
  void whoLacksAModalityIsSeenByTheOther() {
    Catalogue catalogue = TinyModel.gappy();
    M2se encoder = M2se.create(lively(1), TinyModel.config().build(), TinyModel.WIDTH);
    ItemVectors vectors = encoder.items(catalogue, ALL, Mode.inference());
    double[][] text = Equations.rows(vectors.text().value());
    double[][] image = Equations.rows(vectors.image().value());
    assertClose(z(encoder.text(), catalogue.text(), 1), text[0], 1e-11);
    assertClose(z(encoder.image(), catalogue.image(), 1), image[0], 1e-11);
    assertClose(z(encoder.text(), catalogue.text(), 2), image[1], 1e-11);
    assertClose(z(encoder.image(), catalogue.image(), 5), text[4], 1e-11);
    assertArrayEquals(new double[4], text[6]);
    assertArrayEquals(new double[4], image[6]);
  }

  @Test
  void orByTheAnswerToZeroFeatures() {
    Catalogue catalogue = TinyModel.gappy();
    M2seConfig config = TinyModel.config().missing(Missing.ZERO_FEATURES).build();
    M2se encoder = M2se.create(lively(1), config, TinyModel.WIDTH);
    ItemVectors vectors = encoder.items(catalogue, ALL, Mode.inference());
    double[] none = Equations.experts(new double[TinyModel.WIDTH], encoder.image().experts());
    double[][] image = Equations.rows(vectors.image().value());
    assertClose(none, image[1], 1e-11);
    assertClose(none, image[6], 1e-11);
  }

  @ParameterizedTest
  @EnumSource(value = Modalities.class, names = "BOTH", mode = EnumSource.Mode.EXCLUDE)
  void aSingleModality(Modalities modalities) {
    Catalogue catalogue = TinyModel.gappy();
    M2seConfig config = TinyModel.config().modalities(modalities).build();
    M2se encoder = M2se.create(lively(1), config, TinyModel.WIDTH);
    ItemVectors vectors = encoder.items(catalogue, ALL, Mode.inference());
    assertEquals(1, vectors.present().size());
    boolean text = modalities == Modalities.TEXT;
    assertEquals(text, vectors.image() == null);
    assertEquals(!text, vectors.text() == null);
    double[][] z = Equations.rows(vectors.present().get(0).value());
    int without = text ? 5 : 2;
    assertArrayEquals(new double[4], z[without - 1], "nothing stands for it");
    ModalityEncoder side = text ? encoder.text() : encoder.image();
    ModalityFeatures features = text ? catalogue.text() : catalogue.image();
    assertClose(z(side, features, 1), z[0], 1e-11);
  }

  @Test
  void anItemWithoutAnythingDoesNotBlowTheGradientUp() {
    // At the start biases are zero, so that a mixture's answer to zero features has no direction.
    Weights start = Weights.random(DType.F64, new RandomSource(3));
    PretrainingTask task =
        PretrainingTask.create(start, TinyModel.config().build(), TinyModel.gappy());
    TrainingBatch batch =
        TinyModel.batch(new int[] {7, 2, 5}, new int[] {7}, new int[] {1, 2}, new int[] {5, 7});
    task.loss(batch, Mode.inference(), LossListener.NONE).backward();
    task.parameters()
        .forEach(
            (name, parameter) -> {
              double[] gradient =
                  parameter.grad() == null ? new double[0] : parameter.grad().toDoubles();
              double greatest = Arrays.stream(gradient).map(Math::abs).max().orElse(0);
              assertTrue(greatest < 1e4, name + " has a gradient of " + greatest);
            });
  }

  /** Tiny numbers that F32 holds, so that both ways see the same. */
  private static Tensor few(long seed, int sentences, Tensor mask) {
    Tensor drawn =
        Ops.randomNormal(
            DType.F32,
            Shape.of(TinyModel.ITEMS, sentences, TinyModel.WIDTH),
            new RandomKey(seed, 0));
    return Ops.where(mask.unsqueeze(-1), drawn, Tensor.scalar(DType.F32, 0));
  }

  /**
   * Features that lie elsewhere, three items at a time, give the numbers and gradients of those in
   * memory.
   */
  @ParameterizedTest
  @EnumSource(Pooling.class)
  void fetchedFeaturesGiveTheSame(Pooling pooling) {
    Catalogue gappy = TinyModel.gappy();
    Tensor texts = few(3, 3, gappy.text().mask());
    Tensor images = few(4, 2, gappy.image().mask());
    Catalogue inMemory =
        new Catalogue(
            ModalityFeatures.of(texts, gappy.text().mask(), DType.F64),
            ModalityFeatures.of(images, gappy.image().mask(), DType.F64));
    FeatureVectors elsewhere =
        new FeatureVectors.Joined(
            FeatureVectors.of(texts.slice(0, 0, 4)), FeatureVectors.of(texts.slice(0, 4, 7)));
    Catalogue fetched =
        new Catalogue(
            ModalityFeatures.fetched(elsewhere, gappy.text().mask(), DType.F64, 3),
            ModalityFeatures.fetched(
                FeatureVectors.of(images), gappy.image().mask(), DType.F64, 2));
    M2seConfig config = TinyModel.config().pooling(pooling).build();
    M2se whole = M2se.create(lively(1), config, TinyModel.WIDTH);
    M2se parts = M2se.create(lively(1), config, TinyModel.WIDTH);
    Variable expected = squares(whole.items(inMemory, ALL, Mode.inference()));
    Variable found = squares(parts.items(fetched, ALL, Mode.inference()));
    assertEquals(expected.value().item(), found.value().item(), 1e-10);
    expected.backward();
    found.backward();
    whole
        .parameters()
        .forEach(
            (name, parameter) -> {
              Tensor gradient = parts.parameters().get(name).grad();
              assertEquals(parameter.grad() == null, gradient == null, name);
              if (gradient != null) {
                assertClose(parameter.grad().toDoubles(), gradient.toDoubles(), 1e-9);
              }
            });
    assertArrayEquals(
        FrozenFeatures.of(inMemory, Modalities.BOTH).toDoubles(),
        FrozenFeatures.of(fetched, Modalities.BOTH).toDoubles());
  }

  /** What is computed again for the gradients has the dropout of the first time. */
  @Test
  void fetchedFeaturesAreDroppedAlikeBothTimes() {
    Catalogue gappy = TinyModel.gappy();
    Tensor texts = few(3, 3, gappy.text().mask());
    ModalityFeatures fetched =
        ModalityFeatures.fetched(FeatureVectors.of(texts), gappy.text().mask(), DType.F64, 3);
    M2seConfig config = TinyModel.config().expertDropout(0.5).build();
    int[] some = {1, 2, 3, 4, 6};
    TinyModel.checkGradients(
        weights -> {
          Mode training = Mode.training(new RandomSource(5));
          ModalityEncoder learning = ModalityEncoder.create(weights, config, TinyModel.WIDTH);
          Variable z = learning.forward(fetched, some, training);
          return Sum.sum(Multiply.multiply(z, z), false);
        });
    ModalityEncoder encoder = ModalityEncoder.create(lively(1), config, TinyModel.WIDTH);
    RandomSource random = new RandomSource(5);
    Tensor first = encoder.forward(fetched, some, Mode.training(random)).value();
    Tensor second = encoder.forward(fetched, some, Mode.training(random)).value();
    assertFalse(Arrays.equals(first.toDoubles(), second.toDoubles()), "a step draws its own");
  }

  private static Variable squares(ItemVectors vectors) {
    return Sum.sum(
        Add.add(
            Multiply.multiply(vectors.text(), vectors.text()),
            Multiply.multiply(vectors.image(), vectors.image())),
        false);
  }
}
