package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.mp4sr.model.M2seConfig.PaddingClass;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.nn.Mode;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinetuningTaskTest {
  private static final Catalogue CATALOGUE = TinyModel.gappy();

  private static FinetuningTask task(M2seConfigBuilder config) {
    return FinetuningTask.create(lively(1), config.build(), CATALOGUE);
  }

  /** Scores by the equations: [batch][item], items from 1 at index 0. */
  private static double[][] scores(FinetuningTask task, SequenceBatch history) {
    int[] all = IntStream.rangeClosed(1, TinyModel.ITEMS).toArray();
    ItemVectors items = task.encoder().items(CATALOGUE, all, Mode.inference());
    List<double[][]> sides = new ArrayList<>();
    items.present().forEach(side -> sides.add(withIds(task, rows(side.value()))));
    int[] lengths = history.lengths().toInts();
    double[][] scores = new double[lengths.length][TinyModel.ITEMS];
    for (int row = 0; row < lengths.length; row++) {
      int[] sequence = history.items().select(0, row).toInts();
      int length = lengths[row];
      for (double[][] side : sides) {
        double[][] input = new double[length][];
        Arrays.setAll(input, i -> side[sequence[i] - 1]);
        double[] h = Equations.encode(input, task.encoder().sequence());
        for (int item = 0; item < TinyModel.ITEMS; item++) {
          scores[row][item] += Equations.cos(h, side[item]);
        }
      }
    }
    return scores;
  }

  private static double[][] withIds(FinetuningTask task, double[][] z) {
    if (task.itemEmbedding() == null) {
      return z;
    }
    double[][] v = rows(task.itemEmbedding().weight().value());
    double[][] sum = new double[z.length][];
    Arrays.setAll(sum, i -> Equations.plus(z[i], v[i + 1]));
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "BOTH, TRANSDUCTIVE, 0.5",
    "BOTH, INDUCTIVE, 0.5",
    "TEXT, TRANSDUCTIVE, 0.5",
    "IMAGE, INDUCTIVE, 0.5",
    "BOTH, TRANSDUCTIVE, 0.01",
  })
  void scoresAndLossAsInThePaper(Modalities modalities, Setting setting, double temperature) {
    FinetuningTask task =
        task(TinyModel.config().modalities(modalities).setting(setting).temperature(temperature));
    TrainingBatch batch = TinyModel.batch();
    double[][] expected = scores(task, batch.history());
    double[][] actual;
    try (Scorer scorer = task.scorer()) {
      actual = rows(scorer.score(batch.history()));
    }
    double[][] logits = new double[expected.length][];
    for (int row = 0; row < logits.length; row++) {
      assertEquals(Double.NEGATIVE_INFINITY, actual[row][0]);
      assertClose(expected[row], Arrays.copyOfRange(actual[row], 1, TinyModel.ITEMS + 1), 1e-9);
      logits[row] = Arrays.stream(expected[row]).map(score -> score / temperature).toArray();
    }
    int[] targets = Arrays.stream(batch.next().toInts()).map(item -> item - 1).toArray();
    assertClose(
        Equations.crossEntropy(logits, targets),
        task.loss(batch, Mode.inference(), LossListener.NONE).value().item(),
        1e-9);
  }

  @Test
  void thePaddingItemCanBeCounted() {
    FinetuningTask task = task(TinyModel.config().paddingClass(PaddingClass.COUNTED));
    TrainingBatch batch = TinyModel.batch();
    double counted = task.loss(batch, Mode.inference(), LossListener.NONE).value().item();
    double leftOut =
        new FinetuningTask(
                new M2se(
                    task.encoder().text(),
                    task.encoder().image(),
                    task.encoder().sequence(),
                    TinyModel.config().build()),
                task.itemEmbedding(),
                CATALOGUE,
                null)
            .loss(batch, Mode.inference(), LossListener.NONE)
            .value()
            .item();
    assertTrue(counted > leftOut, counted + " with one class more, " + leftOut + " without");
  }

  @Test
  void itemsThatTrainingLacksAreNoClasses() {
    List<int[]> histories = List.of(new int[] {1, 2}, new int[] {3});
    TrainingBatch batch =
        new TrainingBatch(SequenceBatch.of(histories, 6), Tensor.of(new int[] {3, 2}, 2));
    int[] counts = new int[TinyModel.ITEMS + 1];
    for (int item : batch.history().items().toInts()) {
      counts[item]++;
    }
    for (int item : batch.next().toInts()) {
      counts[item]++;
    }
    FinetuningTask task = task(TinyModel.config());
    double[][] scores = scores(task, batch.history());
    int[] next = batch.next().toInts();
    double expected = 0;
    for (int row = 0; row < next.length; row++) {
      double sum = 0;
      for (int item = 1; item < counts.length; item++) {
        sum += counts[item] > 0 ? Math.exp(scores[row][item - 1] / temperature(task)) : 0;
      }
      expected += Math.log(sum) - scores[row][next[row] - 1] / temperature(task);
    }
    double seen =
        task.knowing(counts).loss(batch, Mode.inference(), LossListener.NONE).value().item();
    assertEquals(expected / next.length, seen, 1e-9);
    counts[4] = 1;
    double more =
        task.knowing(counts).loss(batch, Mode.inference(), LossListener.NONE).value().item();
    assertTrue(more > seen, more + " with one class more, " + seen + " without");
  }

  @Test
  void everyPositionCostsWhatItsPrefixesCost() {
    FinetuningTask task = task(TinyModel.config());
    Tensor next = Tensor.of(new int[] {2, 3, 1, 2}, 4);
    List<int[]> rows = List.of(new int[] {1, 2, 3}, new int[] {4});
    List<int[]> prefixes =
        List.of(new int[] {1}, new int[] {1, 2}, new int[] {1, 2, 3}, new int[] {4});
    TrainingBatch every = new TrainingBatch(SequenceBatch.of(rows, 6).everyPosition(), next);
    TrainingBatch single = new TrainingBatch(SequenceBatch.of(prefixes, 6), next);
    assertEquals(
        task.loss(single, Mode.inference(), LossListener.NONE).value().item(),
        task.loss(every, Mode.inference(), LossListener.NONE).value().item(),
        1e-12);
  }

  private static double temperature(FinetuningTask task) {
    return task.encoder().config().temperature();
  }

  @ParameterizedTest
  @CsvSource({
    "BOTH, TRANSDUCTIVE, LEFT_OUT",
    "BOTH, INDUCTIVE, LEFT_OUT",
    "TEXT, TRANSDUCTIVE, COUNTED"
  })
  void gradientsOfTheWholeLoss(Modalities modalities, Setting setting, PaddingClass padding) {
    M2seConfig config =
        TinyModel.config().modalities(modalities).setting(setting).paddingClass(padding).build();
    TinyModel.checkGradients(
        weights ->
            FinetuningTask.create(weights, config, CATALOGUE)
                .loss(TinyModel.batch(), Mode.inference(), LossListener.NONE));
  }

  @Test
  void neitherMixesNorDropsItems() {
    FinetuningTask task =
        task(TinyModel.config().hiddenDropout(0).attentionDropout(0).expertDropout(0));
    RandomSource source = new RandomSource(3);
    double training =
        task.loss(TinyModel.batch(), Mode.training(source), LossListener.NONE).value().item();
    assertEquals(0, source.draws());
    assertEquals(
        task.loss(TinyModel.batch(), Mode.inference(), LossListener.NONE).value().item(), training);
  }

  @Test
  void goesOnWithAPretrainedEncoder() {
    M2seConfig config = TinyModel.config().build();
    PretrainingTask before = PretrainingTask.create(lively(1), config, CATALOGUE);
    FinetuningTask after = FinetuningTask.of(before.encoder(), lively(2), CATALOGUE);
    after
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (name.startsWith("encoder.")) {
                assertSame(before.parameters().get(name), parameter, name);
              } else {
                assertEquals("itemEmbedding.weight", name);
              }
            });
    assertNull(
        FinetuningTask.of(before.encoder(), lively(2), CATALOGUE).itemEmbedding().weight().grad());
  }

  @Test
  void aScorerOutlivesTheScopeItWasMadeIn() {
    FinetuningTask task = task(TinyModel.config());
    Scorer scorer;
    try (var _ = Scope.open()) {
      scorer = task.scorer();
    }
    Tensor scores = scorer.score(TinyModel.batch().history());
    assertTrue(Double.isFinite(scores.toDoubles()[1]));
  }

  @Test
  void scoresDoNotDependOnTheRestOfTheBatch() {
    FinetuningTask task = task(TinyModel.config());
    Scorer scorer = task.scorer();
    SequenceBatch batch = TinyModel.batch().history();
    double[] together = scorer.score(batch).select(0, 0).toDoubles();
    double[] alone = scorer.score(SequenceBatch.of(List.of(new int[] {1, 2, 4}), 6)).toDoubles();
    assertClose(
        Arrays.copyOfRange(alone, 1, alone.length),
        Arrays.copyOfRange(together, 1, together.length),
        1e-12);
  }
}
