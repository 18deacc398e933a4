package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on a sample as small as it gets. */
final class DemoCommandTest {
  @TempDir Path folder;

  private JsonNode demo(Path output, String threads) throws IOException {
    CliRunner ran =
        CliRunner.run(
            "demo",
            "--quick",
            "--products",
            "24",
            "--users",
            "30",
            "--json",
            "--threads",
            threads,
            "--output",
            output.toString());
    assertEquals(0, ran.code(), ran.err());
    assertEquals("", ran.err(), "silent where there is no terminal");
    return new ObjectMapper().readTree(ran.out());
  }

  @Test
  void endsInFiguresAndAReportTheSameTwice() throws IOException {
    Path first = folder.resolve("first");
    JsonNode report = demo(first, "2");
    assertEquals(DemoModel.values().length, report.get("models").size());
    String page = Files.readString(first.resolve("report").resolve("index.html"));
    assertTrue(page.contains("untrained"), "says what the encoders are");
    assertTrue(page.contains("data:image/jpeg"), "holds pictures");

    Path second = folder.resolve("second");
    JsonNode again = demo(second, "1");
    assertEquals(report.get("models"), again.get("models"));
    for (String file :
        new String[] {
          "runs/seed-1/pretraining/model.safetensors",
          "runs/seed-1/transductive/model.safetensors",
          "report/index.html"
        }) {
      byte[] expected = Files.readAllBytes(first.resolve(file));
      assertArrayEquals(expected, Files.readAllBytes(second.resolve(file)), file);
    }

    CliRunner recommended =
        CliRunner.run(
            "recommend",
            "--run",
            first.resolve("runs/seed-1/inductive").toString(),
            "--history",
            firstItem(first),
            "--top",
            "3");
    assertEquals(0, recommended.code(), recommended.err());
    assertEquals(3, recommended.out().lines().count());
  }

  private static String firstItem(Path demo) {
    return Dataset.read(demo.resolve("dataset")).item(1).id();
  }
}
