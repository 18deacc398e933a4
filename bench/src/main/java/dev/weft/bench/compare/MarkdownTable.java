package dev.weft.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A report as a page to read. */
final class MarkdownTable {
  private final StringBuilder out = new StringBuilder();
  private final Report report;
  private final List<String> engines;

  private MarkdownTable(Report report) {
    this.report = report;
    Set<String> labels = new LinkedHashSet<>();
    for (EngineKind engine : EngineKind.values()) {
      if (report.lines().stream().anyMatch(line -> line.engines().containsKey(engine.label()))) {
        labels.add(engine.label());
      }
    }
    engines = List.copyOf(labels);
  }

  static String of(Report report) {
    MarkdownTable table = new MarkdownTable(report);
    table.head();
    table.header();
    report.lines().forEach(table::line);
    table.summary();
    return table.out.toString();
  }

  private void head() {
    Machine machine = report.machine();
    text(report.date() + ", " + machine.cpu() + ", " + machine.cores() + " cores");
    text(" (" + machine.simd() + "), " + machine.system() + ", " + machine.java() + "; ");
    text(report.threads() + " threads; our loops: " + report.backend() + ".\n");
    report.versions().forEach((engine, parts) -> text(engine + ": " + join(parts) + ".\n"));
    text("\n    " + report.command() + "\n\n");
    text("Milliseconds are medians, ± half the distance between the lowest and the highest ");
    text(
        "round's median. Ratio: best peer's time / ours; as installed: the same, of the peers"
            + " that ");
    text("run without tuning.\n\n");
  }

  private static String join(Map<String, String> parts) {
    List<String> words = new ArrayList<>();
    parts.forEach((name, version) -> words.add(name + " " + version));
    return String.join(", ", words);
  }

  private void header() {
    text("| work |");
    engines.forEach(engine -> text(" " + engine + ", ms |"));
    text(" ours | best peer | ratio | as installed | asked | aim | |\n|---|");
    engines.forEach(_ -> text("--:|"));
    text("--:|---|--:|--:|--:|--:|---|\n");
  }

  private void line(Line line) {
    text("| " + line.work() + " |");
    for (String engine : engines) {
      Line.Figures figures = line.engines().get(engine);
      cell(figures == null ? "" : time(figures));
    }
    cell(line.ours().map(figures -> rate(line, figures)).orElse(""));
    cell(line.bestPeer().map(EngineKind::label).orElse(""));
    cell(ratio(line.ratio()));
    cell(ratio(line.ratio(line.bestAsInstalled())));
    cell(target(line.asked()));
    cell(target(line.aim()));
    cell(verdict(line));
    text("\n");
  }

  private void cell(String content) {
    text(content.isEmpty() ? " |" : " " + content + " |");
  }

  private static String time(Line.Figures figures) {
    if (!figures.same()) {
      return "another result, by " + number(figures.difference());
    }
    Statistics times = figures.times();
    return number(times.median()) + " ± " + Math.round(100 * times.spread()) + " %";
  }

  private static String rate(Line line, Line.Figures figures) {
    double seconds = figures.times().median() * 1e-3;
    if (line.flops() > 0) {
      return number(line.flops() / seconds * 1e-9) + " GFLOP/s";
    }
    return line.bytes() > 0 ? number(line.bytes() / seconds * 1e-9) + " GB/s" : "";
  }

  private static String ratio(double value) {
    return Double.isNaN(value) ? "" : number(value);
  }

  private static String target(double value) {
    return value == 0 ? "" : number(value);
  }

  private static String verdict(Line line) {
    double ratio = line.ratio();
    if (Double.isNaN(ratio) || line.asked() == 0) {
      return "";
    }
    if (ratio < line.asked()) {
      return "below";
    }
    return line.aim() > 0 && ratio >= line.aim() ? "aim reached" : "reached";
  }

  private void summary() {
    double[] ratios =
        report.lines().stream()
            .filter(line -> line.group().equals(Works.SGEMM))
            .mapToDouble(Line::ratio)
            .filter(ratio -> !Double.isNaN(ratio))
            .toArray();
    text("\n");
    if (ratios.length > 0) {
      text("- Geometric mean of the " + ratios.length + " sgemm ratios: ");
      text(number(Statistics.geometricMean(ratios)) + " (aim " + Works.SGEMM_AIM + ").\n");
    }
    Shares.of(report.lines()).forEach(share -> text("- " + share + "\n"));
  }

  /** Three digits that matter. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.2g";
    return String.format(Locale.ROOT, format, value);
  }

  private void text(String words) {
    out.append(words);
  }
}
