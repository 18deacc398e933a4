package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.train.StepReport;
import dev.weft.mp4sr.train.TrainListener;
import dev.weft.mp4sr.train.TrainResult;

/** A training's steps as one progress bar. */
final class TrainProgress implements TrainListener {
  private final String name;
  private final ProgressListener progress;

  TrainProgress(String name, ProgressListener progress) {
    this.name = name;
    this.progress = progress;
  }

  @Override
  public void started(String task, int epochs, int steps, long stepsDone) {
    progress.start(name, (long) epochs * steps);
    progress.step(stepsDone);
  }

  @Override
  public void step(StepReport step) {
    progress.step((step.epoch() - 1L) * step.steps() + step.step());
  }

  @Override
  public void ended(TrainResult result) {
    progress.end();
  }
}
