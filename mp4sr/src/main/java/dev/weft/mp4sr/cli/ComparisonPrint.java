package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.compare.Significance.Finding;
import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.mp4sr.report.ComparisonFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A comparison's table and tests, for people and for programs.
 *
 * @param reference the model that the others were tested against
 * @param metric what was tested
 * @param folder where the files are
 */
record ComparisonPrint(
    ComparisonResult result, String reference, List<Finding> findings, String metric, Path folder) {

  void print(PrintWriter out, boolean json) {
    if (json) {
      JsonOption.print(out, toMap());
      return;
    }
    EvalResult first = result.rows().getFirst().seeds().getFirst().evaluation();
    out.printf(
        Locale.ROOT,
        "%s over %d test cases, %d of them cold; mean ± standard deviation over %d seed(s)%n%n",
        metric,
        first.overall().cases(),
        first.cold().cases(),
        result.rows().getFirst().seeds().size());
    out.println("%-40s  %-15s  %-15s  %s".formatted("model", "overall", "warm", "cold"));
    for (Row row : result.rows()) {
      out.println(
          "%-40s  %s  %s  %s"
              .formatted(
                  row.name(),
                  cell(row, EvalResult::overall),
                  cell(row, EvalResult::warm),
                  cell(row, EvalResult::cold)));
    }
    printTests(out);
    out.println();
    out.printf(
        "%s: %s, %s, %s, %s%n",
        folder,
        ComparisonFiles.METRICS,
        ComparisonFiles.TESTS,
        ComparisonFiles.TABLE,
        ComparisonFiles.CHART);
  }

  private String cell(Row row, Function<EvalResult, EvalResult.Group> group) {
    Aggregate value = DemoTable.value(row, group, metric);
    return Double.isNaN(value.mean())
        ? "%-15s".formatted("-")
        : String.format(Locale.ROOT, "%.4f ± %.4f", value.mean(), value.sd());
  }

  private void printTests(PrintWriter out) {
    if (findings.isEmpty()) {
      return;
    }
    out.printf(
        "%nagainst %s, case by case (mean over the seeds), p with Holm's correction over all"
            + " %d tests%n%n",
        reference, findings.size());
    out.println(
        "%-40s  %-8s  %10s  %9s  %s"
            .formatted("model", "cases", "difference", "t-test", "Wilcoxon"));
    for (Finding finding : findings) {
      out.println(
          String.format(
              Locale.ROOT,
              "%-40s  %-8s  %+10.4f  %9.2g  %.2g",
              finding.model(),
              finding.group(),
              finding.test().difference(),
              finding.tTestHolm(),
              finding.wilcoxonHolm()));
    }
  }

  private Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("folder", folder.toString());
    map.put("models", result.rows().stream().map(Row::toMap).toList());
    map.put("reference", reference);
    map.put("tests", findings);
    return map;
  }
}
