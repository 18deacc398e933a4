package dev.weft.bench.compare;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.nn.Mode;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Training steps of M²SE, one after the other on the same batch: loss, gradients, clipping, Adam.
 * Its result is the first losses, which agree only where gradients and updates do.
 */
public final class M2seJob implements Job {
  /** How many losses are the result. */
  public static final int LOSSES = 4;

  /** Adam's. */
  private static final double LEARNING_RATE = 1e-3;

  private static final double MAX_NORM = 5;

  private final RandomSource random = new RandomSource(1);
  private final PretrainingTask task;
  private final Adam optimizer;
  private final TrainingBatch batch;

  /** A model and a batch. */
  public M2seJob(double dropout) {
    task = Models.m2se(dropout);
    optimizer = new Adam(task.parameters(), Adam.Options.of(LEARNING_RATE));
    batch = batch();
  }

  private static TrainingBatch batch() {
    int[] items = Models.histories();
    List<int[]> histories = new ArrayList<>();
    for (int from = 0; from < items.length; from += Models.LENGTH) {
      histories.add(Arrays.copyOfRange(items, from, from + Models.LENGTH));
    }
    Tensor next = Tensor.of(Models.next(), Models.BATCH);
    return new TrainingBatch(SequenceBatch.of(histories, Models.LENGTH), next);
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
