package dev.weft.mp4sr.model;

import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** PopRec: ranks by how often an item occurs in training, whatever the history. */
public final class PopularityRecommender implements Recommender {
  private final float[] scores;

  /**
   * A recommender.
   *
   * @param trainingCounts how often each item occurs, by number from 0 (padding) on
   */
  public PopularityRecommender(int[] trainingCounts) {
    scores = new float[trainingCounts.length];
    for (int item = 1; item < scores.length; item++) {
      scores[item] = trainingCounts[item];
    }
    scores[0] = Float.NEGATIVE_INFINITY;
  }

  @Override
  public String name() {
    return "popularity";
  }

  @Override
  public Scorer scorer() {
    Tensor row = Tensor.of(scores.clone(), 1, scores.length);
    return batch -> row.expand(Shape.of(batch.size(), scores.length));
  }
}
