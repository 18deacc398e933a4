package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.model.M2seConfig.CmclForm;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.mp4sr.model.M2seConfig.Pooling;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PretrainingTaskTest {
  private static final Catalogue CATALOGUE = TinyModel.gappy();

  private static PretrainingTask task(M2seConfigBuilder config) {
    return PretrainingTask.create(lively(1), config.build(), CATALOGUE);
  }

  /** Swapped here and there; the batch's longest history has six items. */
  private static Tensor mixed(TrainingBatch batch) {
    boolean[] mixed = new boolean[batch.history().size() * batch.history().length()];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = i % 3 == 1;
    }
    return Tensor.of(mixed, batch.history().size(), batch.history().length());
  }

  /** h of one side, by the equations. */
  private static double[][] encode(
      PretrainingTask task, TrainingBatch batch, Tensor mixed, double[][] own, double[][] other) {
    int[] lengths = batch.history().lengths().toInts();
    double[][] h = new double[lengths.length][];
    for (int row = 0; row < h.length; row++) {
      int[] items = batch.history().items().select(0, row).toInts();
      int[] swapped = mixed.select(0, row).toInts();
      double[][] sequence = new double[lengths[row]][];
      for (int i = 0; i < sequence.length; i++) {
        sequence[i] = (swapped[i] != 0 ? other : own)[items[i] - 1];
      }
      h[row] = Equations.encode(sequence, task.encoder().sequence());
    }
    return h;
  }

  private static double[][] projected(double[][] h, Linear projection) {
    return Arrays.stream(h).map(row -> Equations.linear(row, projection)).toArray(double[][]::new);
  }

  private static double[][] chosen(double[][] z, int[] next) {
    return Arrays.stream(next).mapToObj(item -> z[item - 1]).toArray(double[][]::new);
  }

  private static ItemVectors items(PretrainingTask task) {
    int[] all = IntStream.rangeClosed(1, TinyModel.ITEMS).toArray();
    return task.encoder().items(CATALOGUE, all, Mode.inference());
  }

  @Test
  void allPartsAsInThePaper() {
    PretrainingTask task = task(TinyModel.config().nipTextWeight(0.7).nipImageWeight(1.3));
    TrainingBatch batch = TinyModel.batch();
    Tensor mixed = mixed(batch);
    int[] next = batch.next().toInts();
    double[][] text = rows(items(task).text().value());
    double[][] image = rows(items(task).image().value());
    double[][] hText = encode(task, batch, mixed, text, image);
    double[][] hImage = encode(task, batch, mixed, image, text);
    double[][][] textSpace = {
      projected(hText, task.textProjection()), projected(hImage, task.textProjection())
    };
    double[][][] imageSpace = {
      projected(hText, task.imageProjection()), projected(hImage, task.imageProjection())
    };
    double nipText = Equations.nextItem(textSpace, chosen(text, next), next, 0.5, 0.0);
    double nipImage = Equations.nextItem(imageSpace, chosen(image, next), next, 0.5, 0.0);
    double cmcl =
        Equations.contrast(textSpace[0], textSpace[1], 0.5, false, (i, j) -> false, null)
            + Equations.contrast(imageSpace[0], imageSpace[1], 0.5, false, (i, j) -> false, null);

    Map<String, Double> parts = new HashMap<>();
    double loss =
        task.loss(batch, mixed, Mode.inference(), (name, value) -> parts.put(name, value.item()))
            .value()
            .item();
    assertClose(nipText, parts.get("nip_text"), 1e-9);
    assertClose(nipImage, parts.get("nip_image"), 1e-9);
    assertClose(cmcl, parts.get("cmcl"), 1e-9);
    assertClose(0.7 * nipText + 1.3 * nipImage + 0.3 * cmcl, loss, 1e-9);
  }

  @Test
  void withoutProjectionsEachSequenceMeetsItsOwnSpace() {
    PretrainingTask task = task(TinyModel.config().projections(false));
    TrainingBatch batch = TinyModel.batch();
    Tensor mixed = mixed(batch);
    int[] next = batch.next().toInts();
    double[][] text = rows(items(task).text().value());
    double[][] image = rows(items(task).image().value());
    double[][] hText = encode(task, batch, mixed, text, image);
    double[][] hImage = encode(task, batch, mixed, image, text);
    Map<String, Double> parts = new HashMap<>();
    double unused =
        task.loss(batch, mixed, Mode.inference(), (name, value) -> parts.put(name, value.item()))
            .value()
            .item();
    assertTrue(Double.isFinite(unused));
    assertClose(
        Equations.nextItem(new double[][][] {hText}, chosen(text, next), next, 0.5, 0.0),
        parts.get("nip_text"),
        1e-9);
    assertClose(
        Equations.nextItem(new double[][][] {hImage}, chosen(image, next), next, 0.5, 0.0),
        parts.get("nip_image"),
        1e-9);
    assertClose(
        Equations.contrast(hText, hImage, 0.5, false, (i, j) -> false, null),
        parts.get("cmcl"),
        1e-9);
    assertTrue(task.parameters().keySet().stream().noneMatch(name -> name.contains("Projection")));
  }

  @Test
  void oneModalityHasOnePart() {
    for (Modalities modalities : new Modalities[] {Modalities.TEXT, Modalities.IMAGE}) {
      PretrainingTask task = task(TinyModel.config().modalities(modalities));
      Map<String, Double> parts = new HashMap<>();
      double loss =
          task.loss(
                  TinyModel.batch(),
                  Mode.training(new RandomSource(1)),
                  (name, value) -> parts.put(name, value.item()))
              .value()
              .item();
      String part = modalities == Modalities.TEXT ? "nip_text" : "nip_image";
      assertEquals(Map.of(part, loss), parts);
      String gone = modalities == Modalities.TEXT ? "image" : "text";
      assertTrue(task.parameters().keySet().stream().noneMatch(name -> name.contains(gone)));
    }
  }

  @Test
  void eachPartCanBeSwitchedOff() {
    assertEquals(Set.of("nip_image", "cmcl"), parts(TinyModel.config().nipTextWeight(0)));
    assertEquals(Set.of("nip_text", "cmcl"), parts(TinyModel.config().nipImageWeight(0)));
    assertEquals(Set.of("nip_text", "nip_image"), parts(TinyModel.config().cmclWeight(0)));
    M2seConfigBuilder nothing = TinyModel.config().cmclWeight(0).nipTextWeight(0).nipImageWeight(0);
    assertThrows(IllegalStateException.class, () -> parts(nothing));
  }

  private static Set<String> parts(M2seConfigBuilder config) {
    Map<String, Double> parts = new HashMap<>();
    double loss =
        task(config)
            .loss(
                TinyModel.batch(), Mode.inference(), (name, value) -> parts.put(name, value.item()))
            .value()
            .item();
    assertTrue(Double.isFinite(loss));
    return parts.keySet();
  }

  @Test
  void theSameSourceGivesTheSameBits() {
    PretrainingTask task = task(TinyModel.config());
    double first = trainingLoss(task, 5);
    assertEquals(first, trainingLoss(task, 5));
    assertNotEquals(first, trainingLoss(task, 6));
  }

  private static double trainingLoss(PretrainingTask task, long seed) {
    Mode mode = Mode.training(new RandomSource(seed));
    return task.loss(TinyModel.batch(), mode, LossListener.NONE).value().item();
  }

  @Test
  void switchedOffNothingIsDrawn() {
    M2seConfigBuilder still =
        TinyModel.config()
            .mixup(false)
            .randomDropout(false)
            .hiddenDropout(0)
            .attentionDropout(0)
            .expertDropout(0);
    PretrainingTask task = task(still);
    RandomSource source = new RandomSource(5);
    double training =
        task.loss(TinyModel.batch(), Mode.training(source), LossListener.NONE).value().item();
    double inference =
        task.loss(TinyModel.batch(), Mode.inference(), LossListener.NONE).value().item();
    assertEquals(inference, training);
    assertEquals(0, source.draws());
    RandomSource mixing = new RandomSource(5);
    double mixed =
        task(still.mixup(true))
            .loss(TinyModel.batch(), Mode.training(mixing), LossListener.NONE)
            .value()
            .item();
    assertNotEquals(inference, mixed);
    assertEquals(2, mixing.draws());
  }

  @Test
  void gradientsOfTheWholeLoss() {
    TrainingBatch batch = TinyModel.batch();
    for (M2seConfig config :
        new M2seConfig[] {
          TinyModel.config().build(),
          TinyModel.config()
              .projections(false)
              .duplicates(Duplicates.ZERO_LOGIT)
              .cmclDuplicates(Duplicates.LEFT_OUT)
              .cmclForm(CmclForm.MIRROR_SYMMETRIC)
              .build(),
          TinyModel.config().modalities(Modalities.IMAGE).experts(1).build()
        }) {
      TinyModel.checkGradients(
          weights ->
              PretrainingTask.create(weights, config, CATALOGUE)
                  .loss(batch, mixed(batch), Mode.inference(), LossListener.NONE));
    }
  }

  @Test
  void gradientsThroughDropoutMixupAndFewerItems() {
    M2seConfig config = TinyModel.config().maxDropRatio(0.5).build();
    TinyModel.checkGradients(
        weights ->
            PretrainingTask.create(weights, config, CATALOGUE)
                .loss(TinyModel.batch(), Mode.training(new RandomSource(9)), LossListener.NONE));
  }

  @Test
  void frozenPoolingIsLeftAlone() {
    PretrainingTask task = task(TinyModel.config().pooling(Pooling.FROZEN_UNMASKED));
    task.loss(TinyModel.batch(), Mode.inference(), LossListener.NONE).backward();
    task.parameters()
        .forEach(
            (name, parameter) ->
                assertEquals(name.contains(".pooling."), parameter.grad() == null, name));
  }

  @Test
  void aBatchOfOneAndASmallTemperatureAreFinite() {
    PretrainingTask task = task(TinyModel.config().temperature(0.01));
    double loss = task.loss(TinyModel.batch(), Mode.inference(), LossListener.NONE).value().item();
    assertTrue(Double.isFinite(loss));
    TrainingBatch one = TinyModel.batch(new int[] {3}, new int[] {5});
    assertEquals(0, task.loss(one, Mode.inference(), LossListener.NONE).value().item(), 1e-9);
  }

  @Test
  void anUnknownItemIsNamed() {
    PretrainingTask task = task(TinyModel.config());
    TrainingBatch batch = TinyModel.batch(new int[] {8}, new int[] {5});
    TensorException refused =
        assertThrows(
            TensorException.class, () -> task.loss(batch, Mode.inference(), LossListener.NONE));
    assertTrue(refused.getMessage().contains("item 8 is outside a catalogue of 7"));
  }

  @Test
  void ranksByWhatItCompares() {
    PretrainingTask task = task(TinyModel.config());
    TrainingBatch batch = TinyModel.batch();
    double[][] text = rows(items(task).text().value());
    double[][] image = rows(items(task).image().value());
    boolean[] none = new boolean[5 * 6];
    Tensor unmixed = Tensor.of(none, 5, 6);
    double[][] hText = encode(task, batch, unmixed, text, image);
    double[][] hImage = encode(task, batch, unmixed, image, text);
    double[][] scores;
    try (Scorer scorer = task.scorer()) {
      scores = rows(scorer.score(batch.history()));
    }
    for (int row = 0; row < 5; row++) {
      assertEquals(Double.NEGATIVE_INFINITY, scores[row][0]);
      for (int item = 1; item <= TinyModel.ITEMS; item++) {
        double expected = 0;
        for (double[] h : new double[][] {hText[row], hImage[row]}) {
          double[] m = Equations.linear(h, task.textProjection());
          double[] v = Equations.linear(h, task.imageProjection());
          expected += Equations.cos(m, text[item - 1]) + Equations.cos(v, image[item - 1]);
        }
        assertClose(expected, scores[row][item], 1e-9);
      }
    }
    assertArrayEquals(
        new int[] {5, TinyModel.ITEMS + 1}, new int[] {scores.length, scores[0].length});
  }
}
