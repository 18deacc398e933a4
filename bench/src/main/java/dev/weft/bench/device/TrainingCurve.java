package dev.weft.bench.device;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.bench.compare.Inputs;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.FinetuningTask;
import dev.weft.mp4sr.model.LossListener;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.ModalityFeatures;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Mode;
import dev.weft.nn.Placement;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * M²SE trained on drawn histories, with dropout and mixup, on any device: the same numbers are
 * drawn on every one.
 */
final class TrainingCurve {
  /**
   * How large.
   *
   * @param items in the catalogue
   * @param width of a feature
   * @param batch histories in a step
   */
  record Size(int items, int width, int hidden, int layers, int experts, int length, int batch) {
    static Size tiny() {
      return new Size(12, 8, 8, 2, 2, 5, 4);
    }

    static Size small() {
      return new Size(400, 64, 64, 2, 4, 20, 64);
    }

    /** The benchmark's: what {@code Models} has, with a batch of 1,024. */
    static Size full() {
      return new Size(5000, 768, 256, 2, 8, 50, 1024);
    }
  }

  /** Which objective. */
  enum Phase {
    PRETRAINING,
    FINETUNING
  }

  private static final double RATE = 1e-3;
  private static final double MAX_NORM = 5;

  private final SplittableRandom draw = new SplittableRandom(4);
  private final RandomSource random = new RandomSource(2);
  private final Size size;
  private final TrainingTask task;
  private final Map<String, Variable> parameters;
  private final Adam optimizer;

  private TrainingCurve(Size size, TrainingTask task) {
    this.size = size;
    this.task = task;
    this.parameters = task.parameters();
    this.optimizer = new Adam(parameters, Adam.Options.of(RATE).withDecoupledWeightDecay(0.01));
  }

  static TrainingCurve on(Device device, Phase phase, Size size, double dropout) {
    M2seConfig config =
        M2seConfig.builder()
            .hiddenSize(size.hidden)
            .feedForwardSize(4 * size.hidden)
            .layers(size.layers)
            .heads(2)
            .experts(size.experts)
            .maxLength(size.length)
            .hiddenDropout(dropout)
            .attentionDropout(dropout)
            .expertDropout(dropout)
            .randomDropout(false)
            .mixup(dropout > 0)
            .build();
    Device before = Placement.device();
    Placement.set(device);
    try {
      Weights weights = Weights.random(DType.F32, new RandomSource(1));
      Catalogue catalogue = new Catalogue(features(size, 1, 4), features(size, 2, 1));
      return new TrainingCurve(
          size,
          phase == Phase.PRETRAINING
              ? PretrainingTask.create(weights, config, catalogue)
              : FinetuningTask.create(weights, config, catalogue));
    } finally {
      Placement.set(before);
    }
  }

  private static ModalityFeatures features(Size size, int index, int sentences) {
    float[] values = Inputs.normal(index, size.items * sentences * size.width);
    Tensor there = Tensor.full(DType.BOOL, Shape.of(size.items, sentences), Device.CPU, 1);
    return ModalityFeatures.of(
        Tensor.of(values, size.items, sentences, size.width), there, DType.F32);
  }

  /** Histories of as many items as fit, and for each the item after it. */
  TrainingBatch batch() {
    List<int[]> histories = new ArrayList<>();
    for (int row = 0; row < size.batch; row++) {
      histories.add(draw.ints(size.length, 1, size.items + 1).toArray());
    }
    int[] next = draw.ints(size.batch, 1, size.items + 1).toArray();
    return new TrainingBatch(SequenceBatch.of(histories, size.length), Tensor.of(next));
  }

  /** A step as the trainer makes it; its loss. */
  double step(TrainingBatch batch) {
    try (var _ = Scope.open()) {
      optimizer.zeroGrad();
      Variable loss = task.loss(batch, Mode.training(random), LossListener.NONE);
      loss.backward();
      Tensor norm = GradientClipping.norm(parameters.values());
      optimizer.step(GradientClipping.factor(norm, MAX_NORM));
      return loss.value().item();
    }
  }

  /** The losses of so many steps, each over histories of its own. */
  double[] losses(int steps) {
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      losses[i] = step(batch());
    }
    return losses;
  }
}
