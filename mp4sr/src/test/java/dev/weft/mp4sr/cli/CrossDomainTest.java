package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two shops from {@code sample} to {@code evaluate}, and features under kill -9, by commands. */
class CrossDomainTest {
  @TempDir static Path temp;

  @BeforeAll
  static void makeShops() {
    ran("sample --domain both --products 40 --users 60 --seed 5 --output " + temp);
    for (String shop : List.of("a", "b")) {
      Path from = temp.resolve(shop);
      ran(
          "ingest --format amazon --input %s --items %s --images %s --output %s"
              .formatted(
                  from.resolve("reviews_Sample.json.gz"),
                  from.resolve("meta_Sample.json.gz"),
                  from.resolve("images"),
                  temp.resolve("data-" + shop)));
    }
  }

  private static String ran(String line) {
    CliRunner run = CliRunner.run(line.split(" "));
    assertEquals(0, run.code(), run.err());
    return run.out();
  }

  private static String features(String data, String more) {
    return "features --data %s --bert %s --clip %s --threads 1 %s"
        .formatted(
            temp.resolve(data), temp.resolve("encoders/bert"), temp.resolve("encoders/clip"), more)
        .strip();
  }

  @Test
  void theShopsShareWordsAndNothingElse() {
    Dataset a = Dataset.read(temp.resolve("data-a"));
    Dataset b = Dataset.read(temp.resolve("data-b"));
    assertTrue(Collections.disjoint(a.itemNumbers().keySet(), b.itemNumbers().keySet()));
    assertTrue(Collections.disjoint(a.users(), b.users()));
    Set<String> common = words(a);
    common.retainAll(words(b));
    assertTrue(common.containsAll(Set.of("Talubo", "Norvello", "for")), common.toString());
    assertTrue(words(a).contains("kettle") && !words(b).contains("kettle"));
  }

  private static Set<String> words(Dataset dataset) {
    Set<String> words = new HashSet<>();
    for (Item item : dataset.items()) {
      item.texts().forEach(text -> words.addAll(List.of(text.split("[^A-Za-z]+"))));
    }
    return words;
  }

  @Test
  void pretrainedOnOneFinetunedOnTheOther() throws IOException {
    ran(features("data-a", "--dtype f16"));
    ran(features("data-b", ""));
    assertTrue(
        Files.size(temp.resolve("data-a/features.safetensors"))
            < 0.7 * Files.size(temp.resolve("data-b/features.safetensors")));
    Path pretrained = temp.resolve("pretrained");
    ran(
        "pretrain --data %s --output %s --epochs 1 --set hiddenSize=16 --set experts=2"
            .formatted(temp.resolve("data-a"), pretrained));
    Path run = temp.resolve("finetuned");
    ran(
        "finetune --data %s --pretrained %s --setting inductive --output %s --epochs 1"
            .formatted(temp.resolve("data-b"), pretrained, run));
    JsonNode report = new ObjectMapper().readTree(ran("evaluate --json --run " + run)).get(0);
    int users = Dataset.read(temp.resolve("data-b")).users().size();
    assertEquals(users, report.path("overall").path("cases").asInt());
    double recall = report.path("overall").path("metrics").path("Recall@20").asDouble(-1);
    assertTrue(recall > 0 && recall <= 1, report.toString());
  }

  /** Processes killed at random moments; the last one finishes, with the bytes of a whole run. */
  @Test
  void featuresSurviveKills() throws IOException, InterruptedException {
    Path whole = temp.resolve("whole/features.safetensors");
    Path broken = temp.resolve("broken/features.safetensors");
    ran(features("data-a", "--chunk-items 3 --output " + whole));
    Random random = new Random(1);
    for (int kill = 0; kill < 4; kill++) {
      Process process = start(features("data-a", "--chunk-items 3 --output " + broken));
      process.waitFor(600 + random.nextInt(1200), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
    }
    ran(features("data-a", "--chunk-items 3 --output " + broken));
    for (String name : List.of("features.safetensors", "tags.jsonl", "words.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolveSibling(name)),
          Files.readAllBytes(broken.resolveSibling(name)),
          name);
    }
    assertFalse(Files.exists(temp.resolve("broken/features.safetensors.partial")));
    String again = ran(features("data-a", "--chunk-items 3 --json --output " + broken));
    JsonNode summary = new ObjectMapper().readTree(again);
    assertEquals(summary.path("items").asInt(), summary.path("resumedItems").asInt());
    assertEquals(1, summary.path("unreadable").size());
    assertTrue(summary.path("unreadable").get(0).asText().contains("picture 0"), again);
  }

  private static Process start(String line) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    // The same kernels as here: plain and vector loops differ in the last bits.
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    command.add(Main.class.getName());
    command.addAll(List.of(line.split(" ")));
    File log = temp.resolve("child.log").toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
  }
}
