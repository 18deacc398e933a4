package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HostBackend;
import dev.weft.tensor.cpu.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What whole steps of pre-training, in F32 as in earnest, cost in memory; and their bits. */
class PretrainingStepTest {
  private static final int ITEMS = 60;
  private static final int WIDTH = 48;
  private static final int LENGTH = 20;
  private static final M2seConfig CONFIG =
      M2seConfig.builder()
          .hiddenSize(32)
          .feedForwardSize(64)
          .experts(3)
          .maxLength(LENGTH)
          .randomDropout(false)
          .build();

  private final SplittableRandom draw = new SplittableRandom(4);
  private final RandomSource random = new RandomSource(2);
  private final PretrainingTask task;
  private final Map<String, Variable> parameters;
  private final Adam optimizer;

  PretrainingStepTest() {
    Catalogue catalogue = new Catalogue(features(1, 3), features(2, 2));
    Weights weights = Weights.random(DType.F32, new RandomSource(1));
    task = PretrainingTask.create(weights, CONFIG, catalogue);
    parameters = task.parameters();
    optimizer = new Adam(parameters, Adam.Options.of(1e-3));
  }

  private static ModalityFeatures features(long seed, int sentences) {
    Shape shape = Shape.of(ITEMS, sentences, WIDTH);
    Tensor values = Ops.randomNormal(DType.F32, shape, new RandomKey(seed, 0));
    Tensor there = Tensor.full(DType.BOOL, Shape.of(ITEMS, sentences), Device.CPU, 1);
    return ModalityFeatures.of(values, there, DType.F32);
  }

  private TrainingBatch batch(int rows, int length) {
    List<int[]> histories = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      histories.add(draw.ints(length, 1, ITEMS + 1).toArray());
    }
    int[] next = draw.ints(rows, 1, ITEMS + 1).toArray();
    return new TrainingBatch(SequenceBatch.of(histories, LENGTH), Tensor.of(next));
  }

  private double step(TrainingBatch batch) {
    try (var _ = Scope.open()) {
      optimizer.zeroGrad();
      Variable loss = task.loss(batch, Mode.training(random), LossListener.NONE);
      loss.backward();
      GradientClipping.clipNorm(parameters.values(), 5);
      optimizer.step();
      return loss.value().item();
    }
  }

  private static MemoryUse memory() {
    return Backends.of(Device.CPU).memory();
  }

  @Test
  void fromTheSecondStepOnNoStorageIsAllocated() {
    TrainingBatch batch = batch(30, LENGTH);
    long loaned = memory().loanedBytes();
    step(batch);
    MemoryUse first = memory();
    for (int i = 0; i < 5; i++) {
      step(batch);
      assertEquals(first.freshAllocations(), memory().freshAllocations());
      assertEquals(loaned, memory().loanedBytes());
    }
    assertTrue(memory().reusedAllocations() > first.reusedAllocations());
  }

  @Test
  void stepsOfAllShapesHoldLittleMoreThanTheLargest() {
    HostBackend.pool().clear();
    step(batch(16, LENGTH));
    long largest = memory().heldBytes();
    for (int i = 0; i < 300; i++) {
      step(batch(1 + i % 16, 1 + draw.nextInt(LENGTH)));
    }
    assertTrue(memory().heldBytes() <= 3 * largest, memory() + " where one batch takes " + largest);
  }

  private int[] bitsAfterTwoSteps(int threads) {
    Threads.set(threads);
    PretrainingStepTest fresh = new PretrainingStepTest();
    int[] losses = new int[2];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = Float.floatToIntBits((float) fresh.step(fresh.batch(100, LENGTH)));
    }
    List<Integer> bits = new ArrayList<>(List.of(losses[0], losses[1]));
    for (Variable parameter : fresh.parameters.values()) {
      for (float value : parameter.value().toFloats()) {
        assertFalse(Float.isNaN(value));
        bits.add(Float.floatToIntBits(value));
      }
    }
    return bits.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void sameBitsWithAnyNumberOfThreads() {
    int before = Threads.count();
    try {
      int[] alone = bitsAfterTwoSteps(1);
      assertArrayEquals(alone, bitsAfterTwoSteps(2));
      assertArrayEquals(alone, bitsAfterTwoSteps(3));
    } finally {
      Threads.set(before);
    }
  }
}
