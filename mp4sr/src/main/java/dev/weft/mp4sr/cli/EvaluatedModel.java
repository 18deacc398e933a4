package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.eval.EvalResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an evaluation found, for people and for programs.
 *
 * @param run its folder; empty for a model without one
 */
record EvaluatedModel(String run, EvalResult result) {

  /** The report as JSON shows it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", result.model());
    if (!run.isEmpty()) {
      map.put("run", run);
    }
    map.put("overall", group(result.overall()));
    map.put("warm", group(result.warm()));
    map.put("cold", group(result.cold()));
    map.put("byPopularity", result.byPopularity().stream().map(EvaluatedModel::group).toList());
    return map;
  }

  private static Map<String, Object> group(EvalResult.Group group) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", group.name());
    map.put("cases", group.cases());
    map.put("metrics", group.metrics());
    return map;
  }

  void print(PrintWriter out) {
    out.println(run.isEmpty() ? result.model() : result.model() + "  " + run);
    List<EvalResult.Group> groups = new ArrayList<>();
    groups.add(result.overall());
    groups.add(result.warm());
    groups.add(result.cold());
    out.printf(Locale.ROOT, "  %-10s", "");
    groups.forEach(group -> out.printf(Locale.ROOT, " %12s", group.name()));
    out.println();
    out.printf(Locale.ROOT, "  %-10s", "cases");
    groups.forEach(group -> out.printf(Locale.ROOT, " %12d", group.cases()));
    out.println();
    for (String metric : result.overall().metrics().keySet()) {
      out.printf(Locale.ROOT, "  %-10s", metric);
      groups.forEach(group -> out.print(cell(group, metric)));
      out.println();
    }
  }

  private static String cell(EvalResult.Group group, String metric) {
    return group.cases() == 0
        ? " %12s".formatted("-")
        : String.format(Locale.ROOT, " %12.4f", group.metric(metric));
  }
}
