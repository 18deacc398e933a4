package dev.weft.mp4sr.report;

import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.compare.Significance.Finding;
import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalResult;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/** A comparison as a LaTeX table (booktabs): the best mean is bold, the second underlined. */
final class LatexTable {
  private static final double LEVEL = 0.05;

  private record Column(String title, Function<EvalResult, EvalResult.Group> group) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("overall", EvalResult::overall),
          new Column("warm", EvalResult::warm),
          new Column("cold", EvalResult::cold));

  private LatexTable() {}

  static String of(
      ComparisonResult result, String reference, List<Finding> findings, String metric) {
    StringBuilder table = new StringBuilder();
    table.append("% needs \\usepackage{booktabs}; mean ± standard deviation over the seeds\n");
    table.append("% * differs from ").append(escape(reference));
    table.append(": paired t-test over the cases, Holm-corrected, p < 0.05\n");
    table.append("\\begin{tabular}{lrrr}\n\\toprule\n").append(escape(metric));
    COLUMNS.forEach(column -> table.append(" & ").append(column.title()));
    table.append(" \\\\\n\\midrule\n");
    for (Row row : result.rows()) {
      table.append(escape(row.name()));
      for (Column column : COLUMNS) {
        table.append(" & ").append(cell(result, row, column, metric));
        table.append(differs(findings, row.name(), column.title(), metric) ? "$^{*}$" : "");
      }
      table.append(" \\\\\n");
    }
    return table.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static boolean differs(
      List<Finding> findings, String model, String group, String metric) {
    return findings.stream()
        .anyMatch(
            f ->
                f.model().equals(model)
                    && f.group().equals(group)
                    && f.test().metric().equals(metric)
                    && f.tTestHolm() < LEVEL);
  }

  private static String cell(ComparisonResult result, Row row, Column column, String metric) {
    Aggregate own = value(row, column, metric);
    if (Double.isNaN(own.mean())) {
      return "--";
    }
    double[] means =
        result.rows().stream()
            .mapToDouble(each -> value(each, column, metric).mean())
            .distinct()
            .sorted()
            .toArray();
    String mean = String.format(Locale.ROOT, "%.4f", own.mean());
    String marked =
        own.mean() == last(means, 1)
            ? "\\textbf{" + mean + "}"
            : own.mean() == last(means, 2) ? "\\underline{" + mean + "}" : mean;
    return own.seeds() < 2
        ? marked
        : marked + String.format(Locale.ROOT, " {\\scriptsize$\\pm$ %.4f}", own.sd());
  }

  /** The n-th from the end of rising values, NaN where there are fewer. */
  private static double last(double[] rising, int n) {
    double[] finite = DoubleStream.of(rising).filter(Double::isFinite).toArray();
    return n <= finite.length ? finite[finite.length - n] : Double.NaN;
  }

  private static Aggregate value(Row row, Column column, String metric) {
    return Aggregate.of(
        row.seeds().stream()
            .mapToDouble(seed -> column.group().apply(seed.evaluation()).metric(metric))
            .toArray());
  }

  private static String escape(String text) {
    return text.replaceAll("([&%$#_{}])", "\\\\$1");
  }
}
