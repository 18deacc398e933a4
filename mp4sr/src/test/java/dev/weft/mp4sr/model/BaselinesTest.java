package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.nn.Mode;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BaselinesTest {

  @Test
  void sasRecIsADotProductWithTheTransformersOutput() {
    SasRec model = SasRec.create(lively(1), TinyModel.config().build(), TinyModel.ITEMS);
    TrainingBatch batch = TinyModel.batch();
    double[][] v = rows(model.itemEmbedding().weight().value());
    int[] lengths = batch.history().lengths().toInts();
    double[][] logits = new double[lengths.length][TinyModel.ITEMS];
    for (int row = 0; row < lengths.length; row++) {
      int[] items = batch.history().items().select(0, row).toInts();
      double[][] input = new double[lengths[row]][];
      Arrays.setAll(input, i -> v[items[i]]);
      double[] h = Equations.encode(input, model.sequence());
      Arrays.setAll(logits[row], item -> Equations.dot(h, v[item + 1]));
    }
    int[] targets = Arrays.stream(batch.next().toInts()).map(item -> item - 1).toArray();
    assertClose(
        Equations.crossEntropy(logits, targets),
        model.loss(batch, Mode.inference(), LossListener.NONE).value().item(),
        1e-9);
    double[][] scores;
    try (Scorer scorer = model.scorer()) {
      scores = rows(scorer.score(batch.history()));
    }
    for (int row = 0; row < lengths.length; row++) {
      assertEquals(Double.NEGATIVE_INFINITY, scores[row][0]);
      assertClose(logits[row], Arrays.copyOfRange(scores[row], 1, TinyModel.ITEMS + 1), 1e-9);
    }
  }

  @Test
  void gradientsOfSasRec() {
    M2seConfig config = TinyModel.config().build();
    TinyModel.checkGradients(
        weights ->
            SasRec.create(weights, config, TinyModel.ITEMS)
                .loss(TinyModel.batch(), Mode.inference(), LossListener.NONE));
  }

  /** Means of the sentences that are there, zeros where there is none: [items][width]. */
  private static double[][] means(ModalityFeatures features) {
    double[][] means = new double[TinyModel.ITEMS][features.width()];
    int[] mask = features.mask().toInts();
    int sentences = features.mask().dim(1);
    for (int item = 0; item < means.length; item++) {
      double[][] own = rows(features.values().select(0, item));
      int count = 0;
      for (int j = 0; j < sentences; j++) {
        count += mask[item * sentences + j];
      }
      for (int j = 0; j < sentences; j++) {
        for (int c = 0; c < own[j].length && mask[item * sentences + j] != 0; c++) {
          means[item][c] += own[j][c] / count;
        }
      }
    }
    return means;
  }

  private static double[][] histories(
      TrainingBatch batch, double[][] vectors, SequenceEncoder encoder) {
    int[] lengths = batch.history().lengths().toInts();
    double[][] encoded = new double[lengths.length][];
    for (int row = 0; row < lengths.length; row++) {
      int[] items = batch.history().items().select(0, row).toInts();
      double[][] input = new double[lengths[row]][];
      Arrays.setAll(input, i -> vectors[items[i] - 1]);
      encoded[row] = Equations.encode(input, encoder);
    }
    return encoded;
  }

  private static int[] targets(TrainingBatch batch) {
    return Arrays.stream(batch.next().toInts()).map(item -> item - 1).toArray();
  }

  @Test
  void sasRecWithFeaturesAddsAProjection() {
    Catalogue catalogue = TinyModel.gappy();
    FeatureSasRec model = FeatureSasRec.create(lively(2), TinyModel.config().build(), catalogue);
    double[][] text = means(catalogue.text());
    double[][] image = means(catalogue.image());
    double[][] v = rows(model.itemEmbedding().weight().value());
    double[][] p = rows(model.projection().weight().value());
    double[] b = model.projection().bias().value().toDoubles();
    double[][] vectors = new double[TinyModel.ITEMS][b.length];
    for (int item = 0; item < vectors.length; item++) {
      double[] x = Arrays.copyOf(text[item], text[item].length + image[item].length);
      System.arraycopy(image[item], 0, x, text[item].length, image[item].length);
      for (int c = 0; c < b.length; c++) {
        vectors[item][c] = v[item + 1][c] + Equations.dot(x, p[c]) + b[c];
      }
    }
    TrainingBatch batch = TinyModel.batch();
    double[][] h = histories(batch, vectors, model.sequence());
    double[][] logits = new double[h.length][TinyModel.ITEMS];
    for (int row = 0; row < h.length; row++) {
      double[] history = h[row];
      Arrays.setAll(logits[row], item -> Equations.dot(history, vectors[item]));
    }
    checkLossAndScores(model, model, batch, logits, 1);
    TinyModel.checkGradients(
        weights ->
            FeatureSasRec.create(weights, TinyModel.config().build(), catalogue)
                .loss(batch, Mode.inference(), LossListener.NONE));
  }

  @Test
  void uniSRecIsACosineOfMixedWhitenings() {
    Catalogue catalogue = TinyModel.gappy();
    for (Setting setting : Setting.values()) {
      M2seConfig config = TinyModel.config().setting(setting).build();
      UniSRec model = UniSRec.create(lively(3), config, catalogue, null);
      double[][] vectors = whitened(model, means(catalogue.text()));
      TrainingBatch batch = TinyModel.batch();
      double[][] h = histories(batch, vectors, model.sequence());
      double[][] logits = new double[h.length][TinyModel.ITEMS];
      for (int row = 0; row < h.length; row++) {
        double[] history = h[row];
        Arrays.setAll(logits[row], item -> cosine(history, vectors[item]) / config.temperature());
      }
      checkLossAndScores(model, model, batch, logits, config.temperature());
      TinyModel.checkGradients(
          weights ->
              UniSRec.create(weights, config, catalogue, null)
                  .loss(batch, Mode.inference(), LossListener.NONE));
    }
  }

  private static double[][] whitened(UniSRec model, double[][] x) {
    double[][] gate = rows(model.adaptor().gate().weight().value());
    double[][] vectors = new double[x.length][];
    for (int item = 0; item < x.length; item++) {
      double[] own = x[item];
      double[] g = Arrays.stream(gate).mapToDouble(w -> Math.exp(Equations.dot(own, w))).toArray();
      double total = Arrays.stream(g).sum();
      double[] z = new double[model.config().hiddenSize()];
      for (int k = 0; k < g.length; k++) {
        double share = g[k] / total;
        double[] shift = model.adaptor().whitenings().get(k).shift().value().toDoubles();
        double[][] w = rows(model.adaptor().whitenings().get(k).weight().value());
        double[] moved = new double[own.length];
        Arrays.setAll(moved, i -> own[i] - shift[i]);
        for (int c = 0; c < z.length; c++) {
          z[c] += share * Equations.dot(moved, w[c]);
        }
      }
      if (model.itemEmbedding() != null) {
        double[] v = rows(model.itemEmbedding().weight().value())[item + 1];
        for (int c = 0; c < z.length; c++) {
          z[c] += v[c];
        }
      }
      vectors[item] = z;
    }
    return vectors;
  }

  private static double cosine(double[] a, double[] b) {
    return Equations.dot(a, b) / Math.sqrt(Equations.dot(a, a) * Equations.dot(b, b));
  }

  /** Scores are the logits without their division by the temperature. */
  private static void checkLossAndScores(
      TrainingTask task,
      Recommender recommender,
      TrainingBatch batch,
      double[][] logits,
      double temperature) {
    assertClose(
        Equations.crossEntropy(logits, targets(batch)),
        task.loss(batch, Mode.inference(), LossListener.NONE).value().item(),
        1e-9);
    double[][] scores;
    try (Scorer scorer = recommender.scorer()) {
      scores = rows(scorer.score(batch.history()));
    }
    for (int row = 0; row < logits.length; row++) {
      assertEquals(Double.NEGATIVE_INFINITY, scores[row][0]);
      double[] expected = Arrays.stream(logits[row]).map(x -> x * temperature).toArray();
      assertClose(expected, Arrays.copyOfRange(scores[row], 1, TinyModel.ITEMS + 1), 1e-9);
    }
  }

  @Test
  void popularityIsTheCountForEveryHistory() {
    PopularityRecommender popularity = new PopularityRecommender(new int[] {9, 4, 0, 7});
    Tensor scores;
    try (Scorer scorer = popularity.scorer()) {
      scores = scorer.score(TinyModel.batch().history());
    }
    assertArrayEquals(new int[] {5, 4}, scores.shape().dims());
    for (double[] row : rows(scores)) {
      assertArrayEquals(new double[] {Double.NEGATIVE_INFINITY, 4, 0, 7}, row);
    }
  }
}
