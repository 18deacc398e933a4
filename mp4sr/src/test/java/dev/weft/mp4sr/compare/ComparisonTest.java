package dev.weft.mp4sr.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.compare.Entrant.Start;
import dev.weft.mp4sr.compare.Significance.Finding;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalException;
import dev.weft.mp4sr.eval.EvalOptions;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.model.Catalogue;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.M2seConfig.Setting;
import dev.weft.mp4sr.report.ComparisonFiles;
import dev.weft.mp4sr.train.RunFolder.Existing;
import dev.weft.mp4sr.train.TrainListener;
import dev.weft.mp4sr.train.TrainOptions;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final int ITEMS = 24;
  private static final Split SPLIT = split();
  private static final Catalogue CATALOGUE = catalogue();
  private static final TrainOptions TRAINING =
      TrainOptions.pretraining()
          .with()
          .epochs(2)
          .batchSize(64)
          .learningRate(3e-3)
          .validationMetric("Recall@5")
          .build();
  private static final M2seConfig CONFIG =
      M2seConfig.builder().hiddenSize(8).feedForwardSize(16).experts(2).layers(1).build();
  private static final ComparisonOptions OPTIONS =
      new ComparisonOptions(
          List.of(1L, 2L),
          CONFIG,
          CONFIG,
          CONFIG,
          TRAINING,
          TRAINING,
          TRAINING,
          EvalOptions.DEFAULTS.withColdThreshold(3));

  @TempDir private Path folder;

  /** Item i is followed by i + 1; the last items are rare. */
  private static Split split() {
    Random random = new Random(4);
    List<Item> items = new ArrayList<>();
    for (int item = 1; item <= ITEMS; item++) {
      items.add(new Item("item " + item, List.of(), List.of()));
    }
    List<String> users = new ArrayList<>();
    List<int[]> sequences = new ArrayList<>();
    for (int user = 0; user < 80; user++) {
      int[] sequence = new int[5];
      sequence[0] = 1 + random.nextInt(ITEMS - 5);
      for (int i = 1; i < sequence.length; i++) {
        sequence[i] = sequence[i - 1] + 1;
      }
      users.add("user " + user);
      sequences.add(sequence);
    }
    return Split.leaveOneOut(new Dataset("walks", items, users, sequences));
  }

  private static Catalogue catalogue() {
    Tensor text = Ops.randomNormal(DType.F32, Shape.of(ITEMS, 2, 6), new RandomKey(1, 0));
    Tensor image = Ops.randomNormal(DType.F32, Shape.of(ITEMS, 1, 6), new RandomKey(1, 1));
    Features features = new Features(text, present(2), image, present(1));
    return Catalogue.of(features, DType.F32);
  }

  private static Tensor present(int sentences) {
    boolean[] all = new boolean[ITEMS * sentences];
    Arrays.fill(all, true);
    return Tensor.of(all, ITEMS, sentences);
  }

  private static ComparisonResult run(Path folder, Existing existing, ComparisonListener listener) {
    return Comparison.run(
        SPLIT, CATALOGUE, OPTIONS, Entrant.standard(), folder, existing, listener);
  }

  @Test
  void everyModelUnderEverySeed() throws Exception {
    List<String> heard = new ArrayList<>();
    ComparisonListener listener =
        new ComparisonListener() {
          @Override
          public TrainListener training(String entrant, long seed, String stage) {
            heard.add(seed + " " + stage + " for " + entrant);
            return TrainListener.NONE;
          }
        };
    ComparisonResult result = run(null, Existing.REFUSE, listener);
    assertEquals(
        Entrant.standard().stream().map(Entrant::name).toList(),
        result.rows().stream().map(ComparisonResult.Row::name).toList());
    // Pre-training once for each seed, though two models start from it.
    assertEquals(2 * 6, heard.size());
    assertEquals("1 pretraining for MP4SR inductive", heard.getFirst());
    assertEquals(2, heard.stream().filter(line -> line.contains("pretraining")).count());

    ComparisonResult.Row pretrained = result.row("MP4SR transductive");
    assertEquals(2, pretrained.seeds().getFirst().trainings().size());
    assertEquals(0, result.row("Popularity").seeds().getFirst().trainings().size());
    assertEquals(0, result.row("Popularity").overall("NDCG@10").sd());
    EvalResult first = pretrained.seeds().get(0).evaluation();
    EvalResult second = pretrained.seeds().get(1).evaluation();
    assertFalse(Arrays.equals(first.ranks(), second.ranks()));
    Aggregate recall = pretrained.metrics(EvalResult::overall).get("Recall@10");
    assertEquals(
        (first.overall().metric("Recall@10") + second.overall().metric("Recall@10")) / 2,
        recall.mean(),
        1e-15);
    assertTrue(first.cold().cases() > 0 && first.warm().cases() > 0);

    var test = result.paired("Popularity", "MP4SR transductive", "MRR@10");
    assertEquals(result.row("Popularity").overall("MRR@10").mean(), test.meanA(), 1e-12);
    assertEquals(pretrained.overall("MRR@10").mean(), test.meanB(), 1e-12);

    JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(result));
    assertEquals("SASRec", json.at("/rows/4/name").textValue());
  }

  @Test
  void interruptedItGoesOnToTheSameRanks() {
    ComparisonResult whole = run(null, Existing.REFUSE, ComparisonListener.NONE);
    int[] evaluated = {0};
    ComparisonListener killer =
        new ComparisonListener() {
          @Override
          public TrainListener training(String entrant, long seed, String stage) {
            if (++evaluated[0] == 4) {
              throw new IllegalStateException("killed");
            }
            return TrainListener.NONE;
          }
        };
    assertThrows(IllegalStateException.class, () -> run(folder, Existing.REFUSE, killer));
    ComparisonResult resumed = run(folder, Existing.RESUME, ComparisonListener.NONE);
    for (int row = 0; row < whole.rows().size(); row++) {
      for (int seed = 0; seed < 2; seed++) {
        assertArrayEquals(
            whole.rows().get(row).seeds().get(seed).evaluation().ranks(),
            resumed.rows().get(row).seeds().get(seed).evaluation().ranks(),
            whole.rows().get(row).name());
      }
    }
    Path run = folder.resolve("seed-2/mp4sr-inductive-no-pre-training");
    assertTrue(Files.exists(run.resolve("model.safetensors")), run.toString());
  }

  @Test
  void ablationsHavePretrainingsOfTheirOwn() {
    List<Entrant> entrants =
        List.of(
            Entrant.mp4sr("MP4SR", Start.PRETRAINED, Setting.INDUCTIVE),
            Entrant.mp4sr(
                "without mixup", Start.PRETRAINED, config -> config.with().mixup(false).build()));
    Comparison.run(
        SPLIT, CATALOGUE, OPTIONS, entrants, folder, Existing.REFUSE, ComparisonListener.NONE);
    List<String> made = new ArrayList<>();
    for (File run : folder.resolve("seed-1").toFile().listFiles()) {
      made.add(run.getName().replaceAll("-[0-9a-f]{8}$", ""));
    }
    Collections.sort(made);
    assertEquals(List.of("mp4sr", "pretraining", "pretraining", "without-mixup"), made);
  }

  @Test
  void everyKnownModelRunsAndIsWrittenDown() throws Exception {
    List<Entrant> all = Entrants.parse(List.of("all"));
    TrainOptions brief = TRAINING.with().epochs(1).build();
    ComparisonOptions one =
        new ComparisonOptions(
            List.of(3L), CONFIG, CONFIG, CONFIG, brief, brief, brief, OPTIONS.evaluation());
    ComparisonResult result =
        Comparison.run(SPLIT, CATALOGUE, one, all, null, Existing.REFUSE, ComparisonListener.NONE);
    List<Finding> findings =
        Significance.against(
            result,
            "mp4sr-inductive",
            List.of("NDCG@10"),
            SPLIT.trainingCounts(),
            one.evaluation());
    assertEquals(3 * (all.size() - 1), findings.size());
    for (Finding finding : findings) {
      assertTrue(finding.tTestHolm() >= finding.test().tTestP(), finding.toString());
      EvalResult own = result.row(finding.model()).seeds().getFirst().evaluation();
      EvalResult.Group group =
          switch (finding.group()) {
            case "warm" -> own.warm();
            case "cold" -> own.cold();
            default -> own.overall();
          };
      assertEquals(group.metric("NDCG@10"), finding.test().meanB(), 1e-12);
    }
    ComparisonFiles.write(folder, result, "mp4sr-inductive", findings, "NDCG@10");
    List<String> metrics = Files.readAllLines(folder.resolve(ComparisonFiles.METRICS));
    assertEquals("model,group,cases,metric,mean,sd,seeds", metrics.getFirst());
    assertTrue(metrics.stream().anyMatch(line -> line.contains("sasrec,seen 1-4,")));
    String table = Files.readString(folder.resolve(ComparisonFiles.TABLE));
    assertEquals(all.size() + 2, table.split("\\\\\\\\", -1).length);
    assertTrue(table.contains("\\textbf{") && table.contains("\\underline{"), table);
    assertEquals(
        findings.size() + 1, Files.readAllLines(folder.resolve(ComparisonFiles.TESTS)).size());
    assertTrue(Files.readString(folder.resolve(ComparisonFiles.CHART)).contains("<svg"));
    assertTrue(ImageIO.read(folder.resolve(ComparisonFiles.PIXELS).toFile()).getWidth() > 100);
  }

  @Test
  void whatNeedsFeaturesSaysSo() {
    EvalException e =
        assertThrows(
            EvalException.class,
            () ->
                Comparison.run(
                    SPLIT,
                    null,
                    OPTIONS,
                    Entrants.parse(List.of("popularity", "sasrec-features")),
                    null,
                    Existing.REFUSE,
                    ComparisonListener.NONE));
    assertTrue(e.getMessage().contains("sasrec-features"), e.getMessage());
  }

  @Test
  void badOptionsAreNamed() {
    assertThrows(
        EvalException.class,
        () ->
            new ComparisonOptions(
                List.of(1L, 1L),
                CONFIG,
                CONFIG,
                CONFIG,
                TRAINING,
                TRAINING,
                TRAINING,
                EvalOptions.DEFAULTS));
    List<Entrant> twice = List.of(Entrant.popularity(), Entrant.popularity());
    assertThrows(
        EvalException.class,
        () ->
            Comparison.run(
                SPLIT, CATALOGUE, OPTIONS, twice, null, Existing.REFUSE, ComparisonListener.NONE));
    ComparisonResult empty = new ComparisonResult(List.of());
    assertThrows(EvalException.class, () -> empty.row("SASRec"));
    assertEquals("mp4sr-no-mixup", Fitting.slug(" MP4SR, (no) mixup! "));
  }
}
