package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a dataset to recommendations, with SASRec, which needs no features. */
final class TrainingCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void ingest() throws IOException {
    data = TinyData.write(folder.resolve("data"));
  }

  private CliRunner train(Path run, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "finetune",
                "--model",
                "sasrec",
                "--data",
                data.toString(),
                "--output",
                run.toString(),
                "--epochs",
                "2",
                "--batch-size",
                "16",
                "--set",
                "hiddenSize=8"));
    args.addAll(List.of(more));
    return CliRunner.run(args.toArray(String[]::new));
  }

  @Test
  void trainsEvaluatesAndRecommends() throws IOException {
    Path run = folder.resolve("run");
    CliRunner trained = train(run, "--json");
    assertEquals(0, trained.code(), trained.err());
    assertEquals(2, JSON.readTree(trained.out()).get("epochs").asInt());

    CliRunner evaluated =
        CliRunner.run("evaluate", "--run", run.toString(), "--popularity", "--json");
    assertEquals(0, evaluated.code(), evaluated.err());
    JsonNode models = JSON.readTree(evaluated.out());
    assertEquals(2, models.size());
    JsonNode overall = models.get(0).get("overall");
    assertEquals(20, overall.get("cases").asInt());
    double recall = overall.get("metrics").get("Recall@10").asDouble();
    assertTrue(recall > 0 && recall <= 1, overall.toString());

    CliRunner table = CliRunner.run("evaluate", "--run", run.toString(), "--k", "3");
    assertTrue(table.out().contains("NDCG@3") && table.out().contains("cold"), table.out());
  }

  @Test
  void recommendsWithoutTheHistoryUnlessAsked() throws IOException {
    Path run = folder.resolve("run");
    train(run);
    String[] args = {
      "recommend", "--run", run.toString(), "--history", "i1,i2", "--top", "12", "--json"
    };
    CliRunner without = CliRunner.run(args);
    assertEquals(0, without.code(), without.err());
    assertEquals(10, JSON.readTree(without.out()).size());
    assertFalse(without.out().contains("\"i1\""), without.out());
    List<String> keep = new ArrayList<>(List.of(args));
    keep.add("--keep-history");
    CliRunner with = CliRunner.run(keep.toArray(String[]::new));
    assertEquals(12, JSON.readTree(with.out()).size());
    CliRunner user =
        CliRunner.run("recommend", "--run", run.toString(), "--user", "u3", "--top", "2");
    assertEquals(2, user.out().lines().count(), user.err());
  }

  @Test
  void manyUsersAreServedAsEachAlone() throws IOException {
    Path run = folder.resolve("run");
    train(run);
    String to = run.toString();
    Path ids = folder.resolve("ids.txt");
    Files.writeString(ids, "u3\n\nu1\n");
    CliRunner both = CliRunner.run("recommend", "--run", to, "--users", ids.toString());
    assertEquals(0, both.code(), both.err());
    List<String> lines = both.out().lines().toList();
    assertEquals(2, lines.size(), both.out());
    for (int i = 0; i < 2; i++) {
      JsonNode line = JSON.readTree(lines.get(i));
      assertEquals(i == 0 ? "u3" : "u1", line.get("user").textValue());
      CliRunner alone =
          CliRunner.run("recommend", "--run", to, "--user", line.get("user").textValue(), "--json");
      JsonNode expected = JSON.readTree(alone.out());
      assertEquals(expected.size(), line.get("items").size());
      for (int rank = 0; rank < expected.size(); rank++) {
        assertEquals(expected.get(rank).get("item"), line.get("items").get(rank).get("item"));
      }
    }
    CliRunner all = CliRunner.run("recommend", "--run", to, "--all-users", "--top", "1");
    assertEquals(20, all.out().lines().count(), all.err());
    Files.writeString(ids, "u3\nu77\n");
    refused(1, "line 2", "recommend", "--run", to, "--users", ids.toString());
    refused(1, "no such file", "recommend", "--run", to, "--users", ids + "x");
  }

  @Test
  void aRunFolderHoldsCurvesEventsAndItsRevision() throws IOException {
    Path run = folder.resolve("run");
    train(run);
    for (String file :
        List.of("losses.svg", "losses.png", "validation.svg", "events.out.tfevents.0")) {
      assertTrue(Files.size(run.resolve(file)) > 0, file);
    }
    JsonNode processes = JSON.readTree(Files.readString(run.resolve("environment.json")));
    assertEquals(1, processes.size());
    assertTrue(processes.get(0).has("gitRevision"), processes.toString());
  }

  @Test
  void comparesGoesOnAndNamesWhatItDoesNotKnow() throws IOException {
    String to = folder.resolve("compared").toString();
    String[] args = {
      "compare",
      "--data",
      data.toString(),
      "--models",
      "sasrec,popularity",
      "--seeds",
      "2",
      "--preset",
      "small",
      "--epochs",
      "1",
      "--output",
      to,
      "--json"
    };
    CliRunner first = CliRunner.run(args);
    assertEquals(0, first.code(), first.err());
    JsonNode models = JSON.readTree(first.out()).get("models");
    assertEquals(2, models.size());
    assertEquals(2, models.get(0).get("seeds").size());
    Path made = folder.resolve("compared/seed-2/sasrec/model.safetensors");
    for (String curve : List.of("losses.svg", "losses.png", "validation.svg", "validation.png")) {
      assertTrue(Files.size(made.resolveSibling(curve)) > 0, curve);
    }
    CliRunner again = CliRunner.run(args);
    assertEquals(JSON.readTree(first.out()), JSON.readTree(again.out()));
    assertTrue(Files.exists(made), made.toString());
    refused(
        2,
        "sasrec-features",
        "compare",
        "--data",
        data.toString(),
        "--models",
        "no",
        "--output",
        to);
    refused(2, "--seeds", "compare", "--data", data.toString(), "--seeds", "0", "--output", to);
    refused(
        1,
        "mp4sr-inductive",
        "compare",
        "--data",
        data.toString(),
        "--models",
        "mp4sr-inductive",
        "--output",
        to);
  }

  @Test
  void theAuthorsPresetGivesEachModelItsOwn() throws IOException {
    Path to = folder.resolve("compared");
    CliRunner ran =
        CliRunner.run(
            "compare",
            "--data",
            data.toString(),
            "--models",
            "sasrec",
            "--seeds",
            "1",
            "--epochs",
            "1",
            "--output",
            to.toString());
    assertEquals(0, ran.code(), ran.err());
    JsonNode config = JSON.readTree(Files.readString(to.resolve("seed-1/sasrec/config.json")));
    JsonNode sasRec = config.get("model").get("config");
    assertEquals(0.5, sasRec.get("hiddenDropout").asDouble());
    assertEquals(0.5, sasRec.get("attentionDropout").asDouble());
    assertEquals(128, config.get("train").get("batchSize").asInt());
  }

  @Test
  void wrongQuestionsAreOneLine() {
    Path run = folder.resolve("run");
    train(run);
    String to = run.toString();
    refused(1, "u99", "recommend", "--run", to, "--user", "u99");
    refused(1, "i99", "recommend", "--run", to, "--history", "i1,i99");
    refused(2, "empty", "recommend", "--run", to, "--history", "");
    refused(2, "empty", "recommend", "--run", to, "--history", " , ");
    refused(2, "--top", "recommend", "--run", to, "--user", "u1", "--top", "0");
    refused(2, "--user", "recommend", "--run", to);
    refused(2, "exclusive", "recommend", "--run", to, "--user", "u1", "--history", "i1");
    refused(2, "--run", "evaluate");
    refused(1, "ks", "evaluate", "--run", to, "--k", "0");
    refused(
        2,
        "hiddenSise",
        "finetune",
        "--data",
        data.toString(),
        "--output",
        to,
        "--set",
        "hiddenSise=3");
    refused(
        2, "heads", "finetune", "--data", data.toString(), "--output", to, "--set", "hiddenSize=3");
    refused(
        1, "batchSize", "finetune", "--data", data.toString(), "--output", to, "--batch-size", "0");
    refused(1, "sasrec", "finetune", "--data", data.toString(), "--output", to, "--pretrained", to);
    refused(2, "sasrec-features", "finetune", "--model", "x", "--data", "d", "--output", to);
    refused(
        2,
        "--setting",
        "finetune",
        "--model",
        "sasrec",
        "--setting",
        "inductive",
        "--data",
        data.toString(),
        "--output",
        to);
  }

  @Test
  void aRunIsNeitherOverwrittenNorMixed() throws IOException {
    Path run = folder.resolve("run");
    train(run);
    byte[] model = Files.readAllBytes(run.resolve("model.safetensors"));
    CliRunner again = train(run);
    assertEquals(1, again.code());
    assertEquals(1, again.errLines().size(), again.err());
    CliRunner other = train(run, "--resume", "--seed", "7");
    assertEquals(1, other.code());
    assertTrue(other.err().contains("seed"), other.err());
    assertArrayEquals(model, Files.readAllBytes(run.resolve("model.safetensors")));
  }

  @Test
  void theSameSeedGivesTheSameBits() throws IOException {
    train(folder.resolve("a"));
    train(folder.resolve("b"), "--threads", "1");
    train(folder.resolve("c"), "--seed", "2");
    byte[] a = Files.readAllBytes(folder.resolve("a").resolve("model.safetensors"));
    assertArrayEquals(a, Files.readAllBytes(folder.resolve("b").resolve("model.safetensors")));
    byte[] c = Files.readAllBytes(folder.resolve("c").resolve("model.safetensors"));
    assertFalse(java.util.Arrays.equals(a, c), "another seed, other bits");
  }

  @Test
  void dataAndRunsCanBeMovedTogether() throws IOException {
    Path before = folder.resolve("before");
    Files.createDirectories(before);
    Files.move(data, before.resolve("data"));
    data = before.resolve("data");
    train(before.resolve("run"));
    Path after = Files.move(before, folder.resolve("after"));
    CliRunner moved =
        CliRunner.run("recommend", "--run", after.resolve("run").toString(), "--user", "u1");
    assertEquals(0, moved.code(), moved.err());
  }

  private static void refused(int code, String named, String... args) {
    CliRunner ran = CliRunner.run(args);
    String said = String.join(" ", args) + "\n" + ran.err();
    assertEquals(code, ran.code(), said);
    assertEquals(1, ran.errLines().size(), said);
    assertTrue(ran.err().startsWith("mp4sr: ") && ran.err().contains(named), said);
    assertEquals("", ran.out(), said);
  }
}
