package dev.weft.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Machine MACHINE = new Machine("a processor", 2, "AVX2", "Linux", "25");

  private static Line.Figures figures(double millis, boolean same) {
    long nanos = (long) (millis * 1e6);
    return new Line.Figures(Statistics.of(List.of(new long[] {nanos})), same ? 1e-6 : 0.5, same);
  }

  private static Line line(String work, double ours, double pytorch, double onnx, boolean same) {
    Work it = Works.named(work);
    Map<String, Line.Figures> engines = new LinkedHashMap<>();
    engines.put(EngineKind.WEFT.label(), figures(ours, true));
    engines.put(EngineKind.PYTORCH.label(), figures(pytorch, true));
    engines.put(EngineKind.ONNXRUNTIME.label(), figures(onnx, same));
    return new Line(work, it.group(), 2, it.asked(), it.aim(), it.flops(), it.bytes(), engines);
  }

  private static Report report(Line... lines) {
    Map<String, Map<String, String>> versions = Map.of("PyTorch", Map.of("PyTorch", "2.7.1"));
    return new Report("today", "compare.sh", MACHINE, 2, "SIMD", versions, List.of(lines));
  }

  @Test
  void theRatioIsTheBestPeersTimeOverOurs() {
    String page = MarkdownTable.of(report(line("sgemm 1024³", 10, 9, 8, true)));
    assertTrue(
        page.contains(
            "| sgemm 1024³ | 10.0 ± 0 % | 9.00 ± 0 % | 8.00 ± 0 % | 215 GFLOP/s | ONNX Runtime |"
                + " 0.80 | 0.80 | 0.95 | | below |"),
        page);
    assertTrue(page.contains("Geometric mean of the 1 sgemm ratios: 0.80"), page);
  }

  @Test
  void whoComputesSomethingElseIsNoPeer() {
    String page = MarkdownTable.of(report(line("sgemm 1024³", 10, 9, 1, false)));
    assertTrue(page.contains("another result, by 0.50"), page);
    assertTrue(page.contains("| PyTorch | 0.90 | 0.90 |"), page);
  }

  @Test
  void aTunedPeerIsABestPeerButNotOneAsInstalled() {
    Line line = line("sgemm 1024³", 10, 9, 8, true);
    line.engines().put(EngineKind.PYTORCH_TUNED.label(), figures(5, true));
    String page = MarkdownTable.of(report(line));
    assertTrue(page.contains("| PyTorch, tuned malloc | 0.50 | 0.80 |"), page);
  }

  @Test
  void aLineWithoutAPeerHasNoRatio() {
    Line alone = line("sgemm 1024³", 10, 9, 8, true);
    alone.engines().keySet().retainAll(Set.of(EngineKind.WEFT.label()));
    assertTrue(Double.isNaN(alone.ratio()));
    String page = MarkdownTable.of(report(alone));
    assertTrue(page.contains("| sgemm 1024³ | 10.0 ± 0 % | 215 GFLOP/s | | | | 0.95 | | |"), page);
    assertFalse(page.contains("Geometric mean"), page);
  }

  @Test
  void whatIsReadIsWhatWasWritten(@TempDir Path folder) throws IOException {
    Report report = report(line("softmax 4096²", 10, 20, 30, true));
    Path file = folder.resolve("results.json");
    report.write(file);
    assertEquals(report, Report.read(file));
    RatioChart.write(report, folder.resolve("ratios.png"));
    assertTrue(Files.size(folder.resolve("ratios.png")) > 1000);
  }

  @Test
  void aRunMayBeAddedToAnEarlierOne() {
    Report earlier =
        report(line("sgemm 256³", 1, 1, 1, true), line("softmax 4096²", 1, 1, 1, true));
    Report later = report(line("softmax 4096²", 1, 2, 2, true));
    Report both = later.addedTo(earlier);
    assertEquals(2, both.lines().size());
    assertEquals(1, both.lines().get(0).ratio());
    assertEquals(2, both.lines().get(1).ratio());
  }

  @Test
  void everyWorkHasANameOfItsOwn() {
    Set<String> names = new HashSet<>();
    Works.all().forEach(work -> assertTrue(names.add(work.name()), work.name()));
  }
}
