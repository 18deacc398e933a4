package dev.weft.mp4sr.device;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.FinetuningTask;
import dev.weft.mp4sr.model.LossListener;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.M2seConfig.OwnHistory;
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
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Training at toy sizes with dropout and mixup, on a device: the same on every one. */
final class DeviceTraining {
  private static final int ITEMS = 12;
  private static final int WIDTH = 8;
  private static final int LENGTH = 5;

  private final SplittableRandom draw = new SplittableRandom(4);
  private final RandomSource random = new RandomSource(2);
  private final TrainingTask task;
  private final Map<String, Variable> parameters;
  private final Adam optimizer;
  private final boolean everyPosition;

  private DeviceTraining(TrainingTask task, boolean everyPosition) {
    this.task = task;
    this.everyPosition = everyPosition;
    this.parameters = task.parameters();
    this.optimizer = new Adam(parameters, Adam.Options.of(1e-2).withDecoupledWeightDecay(0.01));
  }

  static DeviceTraining pretraining(Device device) {
    return pretraining(device, 0, OwnHistory.KEPT);
  }

  /** Every fourth item has no text, and some no picture. */
  static DeviceTraining pretrainingWithGaps(Device device) {
    return pretraining(device, 4, OwnHistory.KEPT);
  }

  /** A step over every position, whose rows of one history are no negatives. */
  static DeviceTraining pretrainingWithoutOwnHistory(Device device) {
    return pretraining(device, 0, OwnHistory.LEFT_OUT);
  }

  private static DeviceTraining pretraining(Device device, int gaps, OwnHistory ownHistory) {
    return on(
        device,
        ownHistory,
        (weights, config) -> PretrainingTask.create(weights, config, catalogue(gaps)));
  }

  static DeviceTraining finetuning(Device device) {
    return on(
        device,
        OwnHistory.KEPT,
        (weights, config) -> FinetuningTask.create(weights, config, catalogue(0)));
  }

  private interface Maker {
    TrainingTask make(Weights weights, M2seConfig config);
  }

  private static DeviceTraining on(Device device, OwnHistory ownHistory, Maker maker) {
    M2seConfig config =
        M2seConfig.builder()
            .hiddenSize(8)
            .feedForwardSize(16)
            .layers(2)
            .heads(2)
            .experts(2)
            .maxLength(LENGTH)
            .ownHistory(ownHistory)
            .build();
    Placement.set(device);
    try {
      Weights weights = Weights.random(DType.F32, new RandomSource(1));
      return new DeviceTraining(maker.make(weights, config), ownHistory == OwnHistory.LEFT_OUT);
    } finally {
      Placement.set(Device.CPU);
    }
  }

  private static Catalogue catalogue(int gaps) {
    return new Catalogue(features(1, 3, gaps), features(2, 2, gaps == 0 ? 0 : gaps + 1));
  }

  /** Random features, but of every {@code gaps}-th item, if that is above 0. */
  private static ModalityFeatures features(long seed, int sentences, int gaps) {
    Shape shape = Shape.of(ITEMS, sentences, WIDTH);
    boolean[] there = new boolean[ITEMS * sentences];
    for (int i = 0; i < there.length; i++) {
      there[i] = gaps == 0 || (i / sentences + 1) % gaps != 0;
    }
    Tensor mask = Tensor.of(there, ITEMS, sentences);
    Tensor drawn = Ops.randomNormal(DType.F32, shape, new RandomKey(seed, 0));
    Tensor values = Ops.where(mask.unsqueeze(-1), drawn, Tensor.scalar(DType.F32, 0));
    return ModalityFeatures.of(values, mask, DType.F32);
  }

  private TrainingBatch batch() {
    List<int[]> histories = new ArrayList<>();
    for (int row = 0; row < 4; row++) {
      histories.add(draw.ints(1 + row, 1, ITEMS + 1).toArray());
    }
    SequenceBatch single = SequenceBatch.of(histories, LENGTH);
    SequenceBatch batch = everyPosition ? single.everyPosition() : single;
    int[] next = draw.ints(batch.cases(), 1, ITEMS + 1).toArray();
    return new TrainingBatch(batch, Tensor.of(next));
  }

  /** A step as the trainer makes it; its loss. */
  double step() {
    try (var _ = Scope.open()) {
      optimizer.zeroGrad();
      Variable loss = task.loss(batch(), Mode.training(random), LossListener.NONE);
      loss.backward();
      Tensor norm = GradientClipping.norm(parameters.values());
      optimizer.step(GradientClipping.factor(norm, 5));
      return loss.value().item();
    }
  }

  /** Where its parameters are. */
  Device device() {
    return parameters.values().iterator().next().value().device();
  }
}
