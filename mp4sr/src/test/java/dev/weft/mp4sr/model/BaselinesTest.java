package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.lively;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
