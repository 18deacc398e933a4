package dev.weft.bench.compare;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Mode;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Training steps, one after the other on the same batch: loss, gradients, clipping, Adam. Its
 * result is the first losses, which agree only where gradients and updates do.
 */
public final class StepJob implements Job {
  /** How many losses are the result. */
  public static final int LOSSES = 4;

  /** Adam's. */
  private static final double LEARNING_RATE = 1e-3;

  private static final double MAX_NORM = 5;

  private final RandomSource random = new RandomSource(1);
  private final TrainingTask task;
  private final Adam optimizer;
  private final TrainingBatch batch;

  private StepJob(TrainingTask task, TrainingBatch batch) {
    this.task = task;
    this.batch = batch;
    optimizer = new Adam(task.parameters(), Adam.Options.of(LEARNING_RATE));
  }

  /** M²SE's pre-training: the item after each history. */
  public static StepJob m2se(double dropout) {
    SequenceBatch histories = histories(Models.histories(), Models.LENGTH);
    Tensor next = Tensor.of(Models.next(), Models.BATCH);
    return new StepJob(Models.m2se(dropout), new TrainingBatch(histories, next));
  }

  /** SASRec's training: the item after every position of the histories. */
  public static StepJob sasRec(double dropout) {
    SequenceBatch histories = histories(Models.sasRecHistories(), Models.LENGTH).everyPosition();
    int[] next = Models.sasRecNext();
    Tensor targets = Tensor.of(next, next.length);
    return new StepJob(Models.sasRec(dropout), new TrainingBatch(histories, targets));
  }

  private static SequenceBatch histories(int[] items, int length) {
    List<int[]> histories = new ArrayList<>();
    for (int from = 0; from < items.length; from += length) {
      histories.add(Arrays.copyOfRange(items, from, from + length));
    }
    return SequenceBatch.of(histories, length);
  }

  @Override
  public void run() {
    step();
  }

  @Override
  public float[] result() {
    float[] losses = new float[LOSSES];
    for (int i = 0; i < LOSSES; i++) {
      losses[i] = (float) step();
    }
    return losses;
  }

  /** One step; returns the loss before it. */
  public double step() {
    try (var _ = Scope.open()) {
      Variable loss = task.loss(batch, Mode.training(random), (name, value) -> {});
      loss.backward();
      GradientClipping.clipNorm(task.parameters().values(), MAX_NORM);
      optimizer.step();
      return loss.value().item();
    } finally {
      optimizer.zeroGrad();
    }
  }
}
