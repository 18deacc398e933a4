package dev.weft.mp4sr.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.train.TrainOptions.Decay;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.cpu.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final Split SPLIT = Walks.split(60, 1);
  private static final TrainOptions OPTIONS =
      TrainOptions.pretraining()
          .with()
          .epochs(4)
          .batchSize(32)
          .learningRate(0.02)
          .validationMetric("Recall@5")
          .build();

  private static TrainResult train(Bilinear task, TrainOptions options, Validator validator) {
    return Trainer.train(task, SPLIT, options, validator, null, TrainListener.NONE);
  }

  private static Validator recall(Bilinear task) {
    return Validator.ranking(task, SPLIT.validation(), EvalOptions.DEFAULTS);
  }

  /** Hands out the given values of Recall@5, one an epoch. */
  private static Validator scripted(double... values) {
    Iterator<Double> next = Arrays.stream(values).iterator();
    return () -> Map.of("Recall@5", next.next());
  }

  @Test
  void learnsTheWalk() {
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    double before = recall(task).validate().get("Recall@5");
    TrainResult result = train(task, OPTIONS.with().epochs(40).build(), recall(task));
    double after = recall(task).validate().get("Recall@5");
    assertTrue(before < 0.5 && after > 0.8, before + " then " + after);
    assertEquals(result.bestMetric(), after);
    double first = result.epochs().getFirst().losses().get("loss");
    double last = result.epochs().getLast().losses().get("loss");
    assertTrue(last < first, first + " then " + last);
    assertEquals(last, result.epochs().getLast().losses().get("entropy"));
  }

  @Test
  void sameSeedSameBitsWithAnyNumberOfThreads() {
    int threads = Threads.count();
    try {
      int[] expected = null;
      for (int count : new int[] {1, 2, 1, 3}) {
        Threads.set(count);
        Bilinear task = new Bilinear(Walks.ITEMS, 1);
        train(task, OPTIONS, recall(task));
        expected = expected == null ? task.bits() : expected;
        assertArrayEquals(expected, task.bits());
      }
      Bilinear other = new Bilinear(Walks.ITEMS, 1);
      train(other, OPTIONS.with().seed(43).build(), recall(other));
      assertFalse(Arrays.equals(expected, other.bits()));
    } finally {
      Threads.set(threads);
    }
  }

  @Test
  void theBestEpochIsRestored() {
    List<int[]> bits = new ArrayList<>();
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    TrainResult result =
        Trainer.train(
            task,
            SPLIT,
            OPTIONS,
            scripted(0.1, 0.4, 0.4, 0.2),
            null,
            new TrainListener() {
              @Override
              public void epoch(EpochReport epoch) {
                bits.add(task.bits());
              }
            });
    assertEquals(2, result.bestEpoch()); // equal is no better
    assertEquals(0.4, result.bestMetric());
    assertFalse(result.stoppedEarly());
    assertArrayEquals(bits.get(1), task.bits());
    assertFalse(Arrays.equals(bits.get(3), task.bits()));
    assertEquals(
        List.of(true, true, false, false),
        result.epochs().stream().map(EpochReport::best).toList());
  }

  @Test
  void stopsWhenPatienceRunsOut() {
    TrainOptions options = OPTIONS.with().epochs(50).patience(3).build();
    double[] script = {0.1, 0.3, 0.2, 0.2, 0.31, 0.1, Double.NaN, 0.3, 0.9};
    TrainResult result = train(new Bilinear(Walks.ITEMS, 1), options, scripted(script));
    assertEquals(8, result.epochs().size());
    assertEquals(5, result.bestEpoch());
    assertTrue(result.stoppedEarly());
  }

  @Test
  void validatesEveryFewEpochsAndAtTheEnd() {
    TrainOptions options = OPTIONS.with().epochs(5).validateEvery(2).build();
    TrainResult result = train(new Bilinear(Walks.ITEMS, 1), options, scripted(0.1, 0.2, 0.3));
    assertEquals(
        List.of(0, 1, 0, 1, 1),
        result.epochs().stream().map(epoch -> epoch.validation().size()).toList());
  }

  @Test
  void withoutAValidatorTheLastEpochStays() {
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    TrainResult result = train(task, OPTIONS, null);
    assertEquals(4, result.bestEpoch());
    assertNull(result.bestMetric());
  }

  @Test
  void theMetricMustBeMeasured() {
    TrainOptions options = OPTIONS.with().validationMetric("Recall@7").build();
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    TrainException error =
        assertThrows(TrainException.class, () -> train(task, options, recall(task)));
    assertTrue(error.getMessage().contains("Recall@7 is not measured"), error.getMessage());
  }

  @Test
  void aLossThatIsNoNumberIsNamedAndHarmsNothing() {
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    int steps = new Examples(SPLIT.training(), OPTIONS).steps();
    task.poisoned = steps + 3;
    List<int[]> bits = new ArrayList<>();
    TrainListener listener =
        new TrainListener() {
          @Override
          public void step(StepReport step) {
            bits.add(task.bits());
          }
        };
    TrainException error =
        assertThrows(
            TrainException.class, () -> Trainer.train(task, SPLIT, OPTIONS, null, null, listener));
    assertTrue(
        error.getMessage().startsWith("bilinear: epoch 2, step 3: a loss is not finite: {loss="),
        error.getMessage());
    assertTrue(error.getMessage().contains("entropy=NaN"), error.getMessage());
    assertArrayEquals(bits.getLast(), task.bits());
  }

  @Test
  void scheduleAndClippingAreReported() {
    List<StepReport> steps = new ArrayList<>();
    TrainOptions options =
        OPTIONS.with().epochs(2).warmUpSteps(4).decay(Decay.LINEAR).clipNorm(1e-3).build();
    TrainListener listener =
        new TrainListener() {
          @Override
          public void step(StepReport step) {
            steps.add(step);
          }
        };
    Trainer.train(new Bilinear(Walks.ITEMS, 1), SPLIT, options, null, null, listener);
    int perEpoch = steps.getFirst().steps();
    assertEquals(2 * perEpoch, steps.size());
    assertEquals(0.02 / 4, steps.getFirst().learningRate(), 1e-12);
    assertEquals(0.02, steps.get(3).learningRate(), 1e-12);
    // Falls to 0 after the last step, which so has one part of total - warm-up left.
    assertEquals(0.02 / (2 * perEpoch - 4), steps.getLast().learningRate(), 1e-12);
    assertTrue(steps.getFirst().gradientNorm() > 1e-3);
    assertNotEquals(steps.get(0).losses(), steps.get(1).losses());
  }

  @Test
  void aThousandStepsHoldTheMemoryOfTen() {
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    List<MemoryUse> stats = new ArrayList<>();
    TrainListener listener =
        new TrainListener() {
          @Override
          public void step(StepReport step) {
            stats.add(Backends.of(Device.CPU).memory());
          }
        };
    int steps = new Examples(SPLIT.training(), OPTIONS).steps();
    TrainOptions options = OPTIONS.with().epochs(1 + 1000 / steps).build();
    Trainer.train(task, SPLIT, options, null, null, listener);
    MemoryUse ten = stats.get(Math.max(9, steps));
    MemoryUse thousand = stats.get(999);
    assertEquals(ten.loanedBytes(), thousand.loanedBytes());
    // What tests before this one left in the pool may go meanwhile.
    assertTrue(thousand.pooledBytes() <= ten.pooledBytes(), ten + " then " + thousand);
    assertEquals(ten.freshAllocations(), thousand.freshAllocations());
  }

  @Test
  void optionsAreChecked() {
    TrainException error =
        assertThrows(TrainException.class, () -> OPTIONS.with().learningRate(Double.NaN).build());
    assertEquals("training: learningRate is NaN; it must be above 0", error.getMessage());
    assertThrows(TrainException.class, () -> OPTIONS.with().epochs(0).build());
    assertThrows(TrainException.class, () -> OPTIONS.with().clipNorm(-1).build());
  }
}
