package dev.weft.mp4sr.train;

import dev.weft.mp4sr.ProgressListener;

/** Tells a {@link ProgressListener} of every step, out of all that the epochs may have. */
public final class ProgressTrainListener implements TrainListener {
  private final ProgressListener progress;
  private final String name;
  private long done;

  /**
   * A listener for one training.
   *
   * @param name what the work is called
   */
  public ProgressTrainListener(ProgressListener progress, String name) {
    this.progress = progress;
    this.name = name;
  }

  @Override
  public void started(String task, int epochs, int steps, long stepsDone) {
    progress.start(name, (long) epochs * steps);
    done = stepsDone;
    progress.step(done);
  }

  @Override
  public void step(StepReport step) {
    progress.step(++done);
  }

  @Override
  public void ended(TrainResult result) {
    progress.end();
  }
}
