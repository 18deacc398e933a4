package dev.weft.mp4sr.compare;

import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.train.TrainOptions;
import java.util.HashSet;
import java.util.List;

/**
 * What all entrants of a comparison share. The seeds of the training options are replaced by the
 * comparison's.
 *
 * @param seeds one training of everything for each
 * @param model MP4SR's sizes, rates and switches; ablations change what sets them apart
 * @param sasRec SASRec's, with features and without
 * @param uniSRec UniSRec's
 * @param pretraining how MP4SR is pre-trained
 * @param finetuning how MP4SR is fine-tuned, or trained without pre-training
 * @param baseline how SASRec and UniSRec are trained
 * @param evaluation of the test cases, and of the validation cases after each epoch
 */
public record ComparisonOptions(
    List<Long> seeds,
    M2seConfig model,
    M2seConfig sasRec,
    M2seConfig uniSRec,
    TrainOptions pretraining,
    TrainOptions finetuning,
    TrainOptions baseline,
    EvalOptions evaluation) {
  /** Checks the seeds: at least one, all different. */
  public ComparisonOptions {
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty() || new HashSet<>(seeds).size() != seeds.size()) {
      throw new EvalException(
          "comparison: seeds are " + seeds + "; give one or more, all different");
    }
  }
}
