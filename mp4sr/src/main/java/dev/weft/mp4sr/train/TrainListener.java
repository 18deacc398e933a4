package dev.weft.mp4sr.train;

/** Hears how a training gets on. What a listener throws ends the training where it is. */
public interface TrainListener {
  /** Hears nothing. */
  TrainListener NONE = new TrainListener() {};

  /**
   * A training begins.
   *
   * @param task its name
   * @param epochs at most
   * @param steps of an epoch
   * @param stepsDone before, if it is resumed; 0 if not
   */
  default void started(String task, int epochs, int steps, long stepsDone) {}

  /** A step was made. */
  default void step(StepReport step) {}

  /** An epoch was made and written down. */
  default void epoch(EpochReport epoch) {}

  /** The training is over. */
  default void ended(TrainResult result) {}
}
