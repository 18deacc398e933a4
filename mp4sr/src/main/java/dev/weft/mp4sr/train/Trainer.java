package dev.weft.mp4sr.train;

import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.model.TrainingTask;

/**
 * Trains a task on the training part of a split.
 *
 * <p>The same task, data, options and seed give the same bits, with any number of threads; so does
 * a run that was interrupted and resumed from its {@link RunFolder}.
 */
public final class Trainer {
  private Trainer() {}

  /**
   * Trains until the last epoch or until patience runs out. Afterwards the task's parameters are
   * those of the best epoch, or of the last where nothing was validated.
   *
   * @param validator measures an epoch; null to train all epochs and keep the last
   * @param folder where to keep what is needed to go on; null for nowhere
   * @param listener what it throws ends the training where it is
   * @throws TrainException when there is nothing to learn from, the run cannot be resumed, or a
   *     loss is no number
   */
  public static TrainResult train(
      TrainingTask task,
      Split split,
      TrainOptions options,
      Validator validator,
      RunFolder folder,
      TrainListener listener) {
    TrainingRun run = new TrainingRun(task, split, options, validator, folder, listener);
    return run.complete();
  }
}
