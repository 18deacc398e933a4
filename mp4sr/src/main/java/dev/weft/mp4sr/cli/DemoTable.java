package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.compare.ComparisonResult.Row;
import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.eval.EvalResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The demonstration's figures: mean ± standard deviation over the seeds. */
record DemoTable(ComparisonResult result) {
  /** What decides. */
  static final String METRIC = "NDCG@10";

  private static final List<Column> COLUMNS =
      List.of(
          new Column("Recall@10", "Recall@10", EvalResult::overall),
          new Column("NDCG@10", METRIC, EvalResult::overall),
          new Column("NDCG@10 warm", METRIC, EvalResult::warm),
          new Column("NDCG@10 cold", METRIC, EvalResult::cold));

  private record Column(
      String title, String metric, Function<EvalResult, EvalResult.Group> group) {}

  void print(PrintWriter out) {
    EvalResult first = result.rows().getFirst().seeds().getFirst().evaluation();
    out.printf(
        Locale.ROOT,
        "%d test cases, %d of them cold; mean ± standard deviation over %d seed(s)%n%n",
        first.overall().cases(),
        first.cold().cases(),
        result.rows().getFirst().seeds().size());
    StringBuilder header = new StringBuilder("%-36s".formatted("model"));
    COLUMNS.forEach(column -> header.append("  %-15s".formatted(column.title())));
    out.println(header.toString().stripTrailing());
    for (Row row : result.rows()) {
      StringBuilder line = new StringBuilder("%-36s".formatted(row.name()));
      COLUMNS.forEach(column -> line.append("  ").append(cell(row, column)));
      out.println(line);
    }
  }

  private static String cell(Row row, Column column) {
    Aggregate value = value(row, column.group(), column.metric());
    return Double.isNaN(value.mean())
        ? "%-15s".formatted("-")
        : String.format(Locale.ROOT, "%.4f ± %.4f", value.mean(), value.sd());
  }

  /** A figure over the seeds; NaN where there are no cases. */
  static Aggregate value(Row row, Function<EvalResult, EvalResult.Group> group, String metric) {
    return Aggregate.of(
        row.seeds().stream()
            .mapToDouble(seed -> group.apply(seed.evaluation()).metric(metric))
            .toArray());
  }

  Map<String, Object> toMap(Path page) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("report", page.toString());
    map.put("models", result.rows().stream().map(Row::toMap).toList());
    return map;
  }
}
