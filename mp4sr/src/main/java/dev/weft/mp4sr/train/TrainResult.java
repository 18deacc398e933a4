package dev.weft.mp4sr.train;

import java.util.List;

/**
 * What a training came to. The task's parameters are then those of the best epoch, or of the last
 * where nothing was validated.
 *
 * @param task its name
 * @param epochs every epoch, those before an interruption included
 * @param bestEpoch number of the epoch whose parameters were taken
 * @param bestMetric its validation metric; null where nothing was validated
 * @param stoppedEarly whether patience ran out before the last epoch
 */
public record TrainResult(
    String task, List<EpochReport> epochs, int bestEpoch, Double bestMetric, boolean stoppedEarly) {
  /** Copies the list. */
  public TrainResult {
    epochs = List.copyOf(epochs);
  }

  /** Time of all epochs together. */
  public double seconds() {
    return epochs.stream().mapToDouble(EpochReport::seconds).sum();
  }
}
