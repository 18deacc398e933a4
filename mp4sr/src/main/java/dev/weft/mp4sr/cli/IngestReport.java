package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.ingest.Coverage;
import dev.weft.mp4sr.data.ingest.IngestSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What ingest says at its end. */
final class IngestReport {
  private IngestReport() {}

  static void print(PrintWriter out, boolean json, Path folder, IngestSummary summary) {
    if (json) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("data", folder.toString());
      report.putAll(summary.toMap());
      JsonOption.print(out, report);
      return;
    }
    IngestSummary.Sizes kept = summary.kept();
    Coverage coverage = summary.coverage();
    IngestSummary.Sizes read = summary.read();
    line(out, "dataset", folder.toString());
    line(out, "users", counted(kept.users(), read.users()));
    line(out, "items", counted(kept.items(), read.items()));
    line(out, "interactions", counted(kept.interactions(), read.interactions()));
    line(
        out,
        "lengths",
        String.format(
            Locale.ROOT,
            "%d to %d, mean %.1f, median %.1f",
            summary.lengths().shortest(),
            summary.lengths().longest(),
            summary.lengths().mean(),
            summary.lengths().median()));
    line(out, "sparsity", String.format(Locale.ROOT, "%.4f", summary.sparsity()));
    line(
        out,
        "texts",
        "%d, at %d of the items".formatted(coverage.texts(), coverage.itemsWithText()));
    line(
        out,
        "pictures",
        "%d, at %d of the items".formatted(coverage.images(), coverage.itemsWithImage()));
    line(
        out,
        "left out",
        "%d malformed lines, %d duplicates, %d repeats"
            .formatted(
                summary.lines().malformed(),
                summary.cleaning().duplicates(),
                summary.cleaning().repeatsDropped()));
    line(out, "filters", summary.filters());
  }

  private static String counted(long kept, long read) {
    return String.format(Locale.ROOT, "%,d of %,d read", kept, read);
  }

  private static void line(PrintWriter out, String name, String value) {
    out.println("%-13s %s".formatted(name, value));
  }
}
