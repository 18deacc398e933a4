package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.model.Recommender;
import dev.weft.mp4sr.train.TrainListener;
import dev.weft.mp4sr.train.TrainResult;
import java.nio.file.Path;
import java.util.List;

/** Hears how a comparison gets on. */
public interface ComparisonListener {
  /** Hears nothing. */
  ComparisonListener NONE = new ComparisonListener() {};

  /**
   * A training begins.
   *
   * @param stage which of the entrant's trainings, such as {@code pretraining}
   * @return who hears of it
   */
  default TrainListener training(String entrant, long seed, String stage) {
    return TrainListener.NONE;
  }

  /**
   * A training is over, now or in an earlier process.
   *
   * @param run its folder; null where none is kept
   */
  default void trained(Path run, TrainResult result) {}

  /**
   * An entrant's test cases are about to be ranked.
   *
   * @return who hears of it
   */
  default ProgressListener evaluation(String entrant, long seed) {
    return ProgressListener.NONE;
  }

  /**
   * An entrant was trained and evaluated.
   *
   * @param recommender the trained model, to be looked at or kept
   * @param trainings how its trainings went, in order
   */
  default void evaluated(
      String entrant,
      long seed,
      Recommender recommender,
      EvalResult result,
      List<TrainResult> trainings) {}
}
