package dev.weft.mp4sr.report;

import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.compare.Significance.Finding;
import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalResult;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A comparison as files, each moved into place: {@code metrics.csv} with every metric of every
 * group, {@code tests.csv} with the paired tests, {@code table.tex} for a paper, and the chart
 * {@code chart.svg} and {@code chart.png}.
 */
public final class ComparisonFiles {
  /** Every metric, long form. */
  public static final String METRICS = "metrics.csv";

  /** The paired tests. */
  public static final String TESTS = "tests.csv";

  /** A table for LaTeX's booktabs. */
  public static final String TABLE = "table.tex";

  /** The chart, as vectors. */
  public static final String CHART = "chart.svg";

  /** The chart, as pixels. */
  public static final String PIXELS = "chart.png";

  private ComparisonFiles() {}

  /**
   * Writes all of them.
   *
   * @param metric what table and chart show, such as {@code NDCG@10}
   * @throws IOException if one cannot be written; an older one of its name stays then
   */
  public static void write(
      Path folder, ComparisonResult result, String reference, List<Finding> findings, String metric)
      throws IOException {
    AtomicFiles.writeString(folder.resolve(METRICS), metrics(result));
    AtomicFiles.writeString(folder.resolve(TESTS), tests(reference, findings));
    AtomicFiles.writeString(
        folder.resolve(TABLE), LatexTable.of(result, reference, findings, metric));
    Map<String, Aggregate> bars = new LinkedHashMap<>();
    result.rows().forEach(row -> bars.put(row.name(), row.overall(metric)));
    AtomicFiles.writeStream(
        folder.resolve(CHART), out -> out.write(Charts.svg(Charts.barChart(bars, metric))));
    AtomicFiles.writeStream(
        folder.resolve(PIXELS), out -> out.write(Charts.png(Charts.barChart(bars, metric))));
  }

  private static String metrics(ComparisonResult result) {
    StringBuilder csv = new StringBuilder("model,group,cases,metric,mean,sd,seeds\n");
    for (Row row : result.rows()) {
      groups(row)
          .forEach(
              (name, group) -> {
                int cases = group.apply(row.seeds().getFirst().evaluation()).cases();
                row.metrics(group)
                    .forEach(
                        (metric, value) ->
                            csv.append(
                                String.format(
                                    Locale.ROOT,
                                    "%s,%s,%d,%s,%.6f,%.6f,%d%n",
                                    cell(row.name()),
                                    name,
                                    cases,
                                    metric,
                                    value.mean(),
                                    value.sd(),
                                    value.seeds())));
              });
    }
    return csv.toString().replace(System.lineSeparator(), "\n");
  }

  /** All groups of a row's evaluations by name; a popularity bucket is {@code seen 5-9}. */
  static Map<String, Function<EvalResult, EvalResult.Group>> groups(Row row) {
    Map<String, Function<EvalResult, EvalResult.Group>> groups = new LinkedHashMap<>();
    groups.put("overall", EvalResult::overall);
    groups.put("warm", EvalResult::warm);
    groups.put("cold", EvalResult::cold);
    List<EvalResult.Group> buckets = row.seeds().getFirst().evaluation().byPopularity();
    for (int i = 0; i < buckets.size(); i++) {
      int bucket = i;
      groups.put("seen " + buckets.get(i).name(), result -> result.byPopularity().get(bucket));
    }
    return groups;
  }

  private static String tests(String reference, List<Finding> findings) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "reference,model,group,metric,cases,reference_mean,model_mean,"
            + "p_t,p_t_holm,p_wilcoxon,p_wilcoxon_holm");
    for (Finding finding : findings) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s,%s,%s,%s,%d,%.6f,%.6f,%.3g,%.3g,%.3g,%.3g",
              cell(reference),
              cell(finding.model()),
              finding.group(),
              finding.test().metric(),
              finding.test().cases(),
              finding.test().meanA(),
              finding.test().meanB(),
              finding.test().tTestP(),
              finding.tTestHolm(),
              finding.test().wilcoxonP(),
              finding.wilcoxonHolm()));
    }
    return String.join("\n", lines) + "\n";
  }

  /** A cell as RFC 4180 has it. */
  private static String cell(String text) {
    return text.matches("[^,\"\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }
}
