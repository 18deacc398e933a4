package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.nn.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path bert;
  private Path texts;

  @BeforeEach
  void prepare() throws IOException {
    bert = TinyModels.bert(folder.resolve("bert"));
    texts =
        Files.writeString(folder.resolve("t.jsonl"), "\"Red  kettle\"\n\"[MASK] lamp, blue\"\n");
  }

  private List<String> run(String... more) {
    String[] all =
        new String[] {"tokenize", "--model", bert.toString(), "--input", texts.toString()};
    String[] args = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, args, all.length, more.length);
    CliRunner run = CliRunner.run(args);
    assertEquals(0, run.code(), run.err());
    return run.out().lines().toList();
  }

  @Test
  void arraysOfIds() {
    Tokenizer tokenizer = Tokenizer.load(bert);
    assertEquals(
        List.of(
            tokenizer.encode("Red  kettle").toString(),
            tokenizer.encode("[MASK] lamp, blue").toString()),
        run());
    assertEquals(Arrays.toString(tokenizer.ids("Red  kettle")), run("--no-special-tokens").get(0));
  }

  @Test
  void offsets() throws IOException {
    List<String> lines = run("--offsets", "--max-length", "4", "--truncation-side", "left");
    JsonNode line = JSON.readTree(lines.get(1));
    assertEquals("[CLS]", line.get("tokens").get(0).asText());
    assertEquals("[[0,0],[15,16],[16,17],[0,0]]", line.get("offsets").toString());
    assertEquals("[0,0,0,0]", line.get("type_ids").toString());
    assertEquals(line.get("ids").size(), line.get("tokens").size());
  }

  /** A byte order mark belongs to no text, and a text may be longer than Jackson's 20 MB. */
  @Test
  void filesAsEditorsLeaveThem() throws IOException {
    List<String> plain = run();
    Files.writeString(texts, "\uFEFF\"Red  kettle\"\r\n\r\n\"[MASK] lamp, blue\"");
    assertEquals(plain, run());
    Files.writeString(texts, "\"" + "red ".repeat(5_100_000) + "\"\n");
    assertEquals(512, JSON.readTree(run().get(0)).size());
  }

  @Test
  void pairs() throws IOException {
    Files.writeString(texts, "[\"red kettle\", \"blue bowl\"]\n");
    JsonNode line = JSON.readTree(run("--pairs", "--offsets").get(0));
    assertTrue(line.get("type_ids").toString().matches("\\[(0,)+(1,)+1]"), line.toString());
    JsonNode cut = JSON.readTree(run("--pairs", "--max-length", "5").get(0));
    assertEquals(5, cut.size());
  }

  @Test
  void padding() throws IOException {
    List<String> lines = run("--pad", "longest");
    assertEquals(JSON.readTree(lines.get(0)).size(), JSON.readTree(lines.get(1)).size());
    assertEquals(16, JSON.readTree(run("--pad", "14", "--pad-multiple", "8").get(0)).size());
    assertTrue(run("--pad", "14", "--padding-side", "left").get(0).startsWith("[0, 0, "));
  }

  @Test
  void wrongUsage() {
    for (String[] wrong :
        new String[][] {
          {"--pad", "all"},
          {"--max-length", "-1"},
          {"--pad", "9", "--offsets"},
          {"--truncation", "x"}
        }) {
      String[] args = {"tokenize", "--model", bert.toString(), wrong[0], wrong[1]};
      args = Arrays.copyOf(args, 3 + wrong.length);
      System.arraycopy(wrong, 0, args, 3, wrong.length);
      assertEquals(2, CliRunner.run(args).code(), String.join(" ", wrong));
    }
  }
}
