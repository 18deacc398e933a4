package dev.weft.bench;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Adam;
import dev.weft.autograd.optim.GradientClipping;
import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.PretrainingTask;
import dev.weft.mp4sr.model.SequenceBatch;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of MP4SR's pre-training with the authors' sizes (features of width 768, hidden size 64,
 * 8 experts, 2 layers, 2 heads, histories of 50) on a batch of 256: loss, gradients, clipping,
 * Adam. The batch is always the same, so caches are kinder than in a training.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx3g"})
public class TrainingStepBenchmark {
  private static final int ITEMS = 800;
  private static final int TEXTS = 4;
  private static final int IMAGES = 1;
  private static final int WIDTH = 768;
  private static final int BATCH = 256;
  private static final int LENGTH = 50;
  private static final double CLIP = 5;

  /** Which loops. */
  @Param({"simd", "plain"})
  public String backend;

  private final RandomSource random = new RandomSource(1);
  private PretrainingTask task;
  private Adam optimizer;
  private TrainingBatch batch;

  /** A model with random features and a batch of random histories. */
  @Setup
  public void prepare() {
    Backend.choose(backend);
    Features features =
        new Features(
            random(ITEMS, TEXTS, 1),
            present(ITEMS, TEXTS),
            random(ITEMS, IMAGES, 2),
            present(ITEMS, IMAGES));
    task =
        PretrainingTask.create(Weights.random(DType.F32, random), M2seConfig.defaults(), features);
    optimizer = new Adam(task.parameters(), Adam.Options.of(1e-3));
    batch = batch();
  }

  private static Tensor random(int items, int sentences, long stream) {
    return Ops.randomNormal(DType.F32, Shape.of(items, sentences, WIDTH), new RandomKey(1, stream));
  }

  private static Tensor present(int items, int sentences) {
    return Tensor.full(DType.BOOL, Shape.of(items, sentences), Device.CPU, 1);
  }

  private static TrainingBatch batch() {
    SplittableRandom items = new SplittableRandom(1);
    List<int[]> histories = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      histories.add(items.ints(LENGTH, 1, ITEMS + 1).toArray());
    }
    int[] next = items.ints(BATCH, 1, ITEMS + 1).toArray();
    return new TrainingBatch(SequenceBatch.of(histories, LENGTH), Tensor.of(next, BATCH));
  }

  /** One step; returns the loss. */
  @Benchmark
  public double step() {
    try (var _ = dev.weft.tensor.Scope.open()) {
      Variable loss = task.loss(batch, dev.weft.nn.Mode.training(random), (name, value) -> {});
      loss.backward();
      GradientClipping.clipNorm(task.parameters().values(), CLIP);
      optimizer.step();
      return loss.value().item();
    } finally {
      optimizer.zeroGrad();
    }
  }
}
