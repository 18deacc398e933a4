package dev.weft.mp4sr.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.train.RunFolder.Existing;
import dev.weft.mp4sr.train.TrainOptions.Batching;
import dev.weft.mp4sr.train.TrainOptions.Decay;
import dev.weft.mp4sr.train.TrainOptions.Prefixes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  private static final Split SPLIT = Walks.split(60, 2);
  private static final TrainOptions OPTIONS =
      TrainOptions.pretraining()
          .with()
          .epochs(6)
          .batchSize(32)
          .learningRate(0.05)
          .warmUpSteps(10)
          .decay(Decay.COSINE)
          .prefixes(Prefixes.ALL)
          .batching(Batching.BY_LENGTH)
          .validationMetric("MRR@5")
          .checkpointEvery(3)
          .build();
  private static final int STEPS = new Examples(SPLIT.training(), OPTIONS).steps();

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void chooseFolder() {
    folder = temporary.resolve("run");
  }

  private static final class Killed extends RuntimeException {}

  /** Ends the process, as it were, after a number of steps; 0 never. */
  private static TrainListener killAfter(int steps) {
    return new TrainListener() {
      private int made;

      @Override
      public void step(StepReport step) {
        if (++made == steps) {
          throw new Killed();
        }
      }
    };
  }

  private record Ended(Bilinear task, TrainResult result) {}

  private static Ended train(Path folder, Existing existing, TrainOptions options, int kill) {
    // The process is new: so are the parameters, drawn as the first process drew them.
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    Validator validator = Validator.ranking(task, SPLIT.validation(), EvalOptions.DEFAULTS);
    RunFolder run = RunFolder.open(folder, existing, Map.of("width", 8));
    return new Ended(task, Trainer.train(task, SPLIT, options, validator, run, killAfter(kill)));
  }

  private void interrupt(TrainOptions options, int steps) {
    assertThrows(Killed.class, () -> train(folder, Existing.RESUME, options, steps));
  }

  /** Metrics without the time they took, and weights as bytes. */
  private static void assertSameRun(Path expected, Path actual) throws IOException {
    for (String file : List.of("model.safetensors", "best.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(actual.resolve(file)));
    }
    assertEquals(withoutTimes(expected), withoutTimes(actual));
  }

  private static String withoutTimes(Path folder) throws IOException {
    return Files.readString(folder.resolve("metrics.jsonl")).replaceAll("\"seconds\":[^}]*", "");
  }

  private Path unbroken(TrainOptions options) {
    Path whole = temporary.resolve("whole");
    train(whole, Existing.REFUSE, options, 0);
    return whole;
  }

  @Test
  void interruptedAtAnyStepEndsInTheSameBits() throws IOException {
    Path whole = unbroken(OPTIONS);
    assertTrue(STEPS > 5, "an epoch of several checkpoints: " + STEPS);
    int[] kills = {1, 2, 3, 4, STEPS - 1, STEPS, STEPS + 1, 2 * STEPS + 4, 6 * STEPS};
    for (int kill : kills) {
      folder = temporary.resolve("killed-" + kill);
      interrupt(OPTIONS, kill);
      Ended ended = train(folder, Existing.RESUME, OPTIONS, 0);
      assertSameRun(whole, folder);
      assertEquals(6, ended.result().epochs().size());
    }
  }

  @Test
  void interruptedAgainAndAgain() throws IOException {
    TrainOptions options = OPTIONS.with().prefixes(Prefixes.ONE_PER_USER).batchSize(8).build();
    Path whole = unbroken(options);
    for (int kill : new int[] {5, 4, 9, 2, 1, 7, 13}) {
      interrupt(options, kill);
    }
    train(folder, Existing.RESUME, options, 0);
    assertSameRun(whole, folder);
  }

  /** A kill while the line of metrics was written, before the epoch's checkpoint. */
  @Test
  void linesTheCheckpointDoesNotKnowAreCut() throws IOException {
    Path whole = unbroken(OPTIONS);
    interrupt(OPTIONS, 2 * STEPS); // after the last step of the second epoch, before its end
    Path metrics = folder.resolve("metrics.jsonl");
    assertEquals(1, Files.readAllLines(metrics).size());
    Files.writeString(metrics, "{\"epoch\":2,\"ste", StandardOpenOption.APPEND);
    train(folder, Existing.RESUME, OPTIONS, 0);
    assertSameRun(whole, folder);
  }

  /** A kill between the checkpoint of a best epoch and the writing of its parameters. */
  @Test
  void theBestParametersAreTakenFromTheCheckpoint() throws IOException {
    Path whole = unbroken(OPTIONS);
    interrupt(OPTIONS, STEPS + 1); // the first epoch was the best, as any first one is
    Files.delete(folder.resolve("best.safetensors"));
    train(folder, Existing.RESUME, OPTIONS, 0);
    assertSameRun(whole, folder);
  }

  @Test
  void aFinishedRunIsNotTouchedUnlessAsked() throws IOException {
    Ended first = train(folder, Existing.REFUSE, OPTIONS, 0);
    byte[] model = Files.readAllBytes(folder.resolve("model.safetensors"));
    TrainException error =
        assertThrows(TrainException.class, () -> train(folder, Existing.REFUSE, OPTIONS, 0));
    assertTrue(error.getMessage().contains("holds a finished run"), error.getMessage());

    Ended resumed = train(folder, Existing.RESUME, OPTIONS, 1); // makes no step
    assertEquals(first.result(), resumed.result());
    assertArrayEquals(first.task().bits(), resumed.task().bits());
    assertArrayEquals(model, Files.readAllBytes(folder.resolve("model.safetensors")));

    TrainOptions other = OPTIONS.with().seed(5).build();
    Ended anew = train(folder, Existing.OVERWRITE, other, 0);
    assertFalse(Arrays.equals(first.task().bits(), anew.task().bits()));
    assertEquals(6, Files.readAllLines(folder.resolve("metrics.jsonl")).size());
  }

  @Test
  void otherOptionsCannotResume() {
    interrupt(OPTIONS, STEPS + 2);
    TrainOptions other = OPTIONS.with().learningRate(0.01).clipNorm(1).build();
    TrainException error =
        assertThrows(TrainException.class, () -> train(folder, Existing.RESUME, other, 0));
    assertEquals(
        folder
            + ": cannot resume with other options: train.learningRate was 0.05 and is 0.01;"
            + " train.clipNorm was 5.0 and is 1.0; give the same, overwrite the run or give"
            + " another folder",
        error.getMessage());
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    RunFolder otherModel = RunFolder.open(folder, Existing.RESUME, Map.of("width", 9));
    TrainException model =
        assertThrows(
            TrainException.class,
            () -> Trainer.train(task, SPLIT, OPTIONS, null, otherModel, TrainListener.NONE));
    assertTrue(model.getMessage().contains("model.width was 8 and is 9"), model.getMessage());
  }

  @Test
  void otherDataCannotResume() {
    interrupt(OPTIONS, STEPS + 2);
    Bilinear task = new Bilinear(Walks.ITEMS, 1);
    RunFolder run = RunFolder.open(folder, Existing.RESUME, Map.of("width", 8));
    Split other = Walks.split(60, 3);
    TrainException error =
        assertThrows(
            TrainException.class,
            () -> Trainer.train(task, other, OPTIONS, null, run, TrainListener.NONE));
    assertTrue(error.getMessage().contains("data.sha256 was"), error.getMessage());
  }

  @Test
  void brokenCheckpointsAreNamed() throws IOException {
    interrupt(OPTIONS, STEPS + 2);
    Path checkpoint = folder.resolve("checkpoint.safetensors");
    byte[] whole = Files.readAllBytes(checkpoint);
    for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
      Files.write(checkpoint, Arrays.copyOf(whole, length));
      TrainException error =
          assertThrows(TrainException.class, () -> train(folder, Existing.RESUME, OPTIONS, 0));
      assertTrue(error.getMessage().startsWith(checkpoint.toString()), error.getMessage());
      assertEquals(1, error.getMessage().lines().count());
    }
    Files.write(checkpoint, whole);
    Files.writeString(folder.resolve("metrics.jsonl"), "");
    TrainException error =
        assertThrows(TrainException.class, () -> train(folder, Existing.RESUME, OPTIONS, 0));
    assertTrue(error.getMessage().contains("metrics.jsonl: has 0 bytes"), error.getMessage());
  }

  @Test
  void anotherRunsCheckpointIsRefused() throws IOException {
    interrupt(OPTIONS, STEPS + 2);
    byte[] foreign = Files.readAllBytes(folder.resolve("checkpoint.safetensors"));
    TrainOptions options = OPTIONS.with().seed(5).build();
    folder = temporary.resolve("other");
    interrupt(options, STEPS + 2);
    Files.write(folder.resolve("checkpoint.safetensors"), foreign);
    TrainException error =
        assertThrows(TrainException.class, () -> train(folder, Existing.RESUME, options, 0));
    assertTrue(error.getMessage().contains("is no checkpoint of the run"), error.getMessage());
  }

  @Test
  void anotherModelsCheckpointIsRefused() {
    interrupt(OPTIONS, STEPS + 2);
    Bilinear larger = new Bilinear(Walks.ITEMS + 1, 1);
    Validator validator = Validator.ranking(larger, SPLIT.validation(), EvalOptions.DEFAULTS);
    RunFolder run = RunFolder.open(folder, Existing.RESUME, Map.of("width", 8));
    TrainException error =
        assertThrows(
            TrainException.class,
            () -> Trainer.train(larger, SPLIT, OPTIONS, validator, run, TrainListener.NONE));
    assertTrue(
        error.getMessage().contains("from is F32[21, 8]; the model's is F32[22, 8]"),
        error.getMessage());
  }

  @Test
  void nothingHalfWrittenIsLeft() throws IOException {
    interrupt(OPTIONS, STEPS + 2);
    Files.writeString(folder.resolve(".checkpoint.safetensors.1234"), "half"); // by a killed one
    Files.writeString(folder.resolve(".config.json.tmp"), "half");
    train(folder, Existing.RESUME, OPTIONS, 0);
    try (var files = Files.list(folder)) {
      assertEquals(
          List.of(
              "best.safetensors",
              "checkpoint.safetensors",
              "config.json",
              "environment.json",
              "events.out.tfevents.0",
              "metrics.jsonl",
              "model.safetensors",
              "result.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }
}
