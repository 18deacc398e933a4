package dev.weft.mp4sr.report;

import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.report.ReportData.MetricRow;
import dev.weft.mp4sr.report.ReportData.MetricTable;
import dev.weft.mp4sr.report.ReportData.ShownItem;
import dev.weft.mp4sr.report.ReportData.TaggedPicture;
import dev.weft.mp4sr.report.ReportData.UserExample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** A report's data as the template takes them: maps, lists and finished strings. */
final class ReportView {
  private final ReportData data;
  private final Thumbnails thumbnails;

  ReportView(ReportData data, Thumbnails thumbnails) {
    this.data = data;
    this.thumbnails = thumbnails;
  }

  Map<String, Object> page() {
    Map<String, Object> page = new HashMap<>();
    page.put("title", data.title());
    page.put("summary", data.summary());
    page.put("notes", data.notes());
    page.put("data", section(data.data()));
    page.put("configuration", section(data.configuration()));
    page.put("tables", data.tables().stream().map(ReportView::table).toList());
    page.put("charts", section(charts()));
    page.put("tags", section(data.tags().stream().map(this::tagged).toList()));
    page.put("users", section(data.users().stream().map(this::user).toList()));
    return page;
  }

  /** Mustache repeats a list's content; the heading around it must come once or not at all. */
  private static Object section(List<?> content) {
    return content.isEmpty() ? List.of() : Map.of("content", content);
  }

  private List<Map<String, Object>> charts() {
    List<Map<String, Object>> charts = new ArrayList<>();
    data.bars().forEach(bars -> charts.add(chart(bars.title(), Charts.bars(bars.values()))));
    data.curves().forEach(c -> charts.add(chart(c.title(), Charts.curves(c.series()))));
    return charts;
  }

  private static Map<String, Object> chart(String title, String image) {
    return Map.of("title", title, "image", image);
  }

  private static Map<String, Object> table(MetricTable table) {
    List<Double> best =
        IntStream.range(0, table.metrics().size()).mapToObj(column -> best(table, column)).toList();
    return Map.of(
        "title", table.title(),
        "caption", table.caption(),
        "metrics", table.metrics(),
        "rows", table.rows().stream().map(row -> row(row, best)).toList());
  }

  private static double best(MetricTable table, int column) {
    return table.rows().stream()
        .mapToDouble(row -> row.values().get(column).mean())
        .filter(Double::isFinite)
        .max()
        .orElse(Double.NaN);
  }

  private static Map<String, Object> row(MetricRow row, List<Double> best) {
    List<Map<String, Object>> cells =
        IntStream.range(0, best.size())
            .mapToObj(column -> cell(row.values().get(column), best.get(column)))
            .toList();
    return Map.of("model", row.model(), "cells", cells);
  }

  private static Map<String, Object> cell(Aggregate value, double best) {
    boolean known = Double.isFinite(value.mean());
    return Map.of(
        "mean", known ? figure(value.mean()) : "–",
        "sd", known && value.seeds() > 1 ? "± " + figure(value.sd()) : "",
        "best", known && value.mean() == best && best > 0);
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private Map<String, Object> tagged(TaggedPicture picture) {
    Map<String, Object> view = new HashMap<>();
    view.put("title", picture.title());
    view.put("words", picture.words());
    view.put("image", thumbnails.of(picture.image()));
    return view;
  }

  private Map<String, Object> user(UserExample user) {
    return Map.of(
        "name", user.name(),
        "history", user.history().stream().map(this::item).toList(),
        "next", item(user.next()),
        "recommended", ranked(user.recommended()),
        "found", user.recommended().stream().anyMatch(ShownItem::hit));
  }

  private List<Map<String, Object>> ranked(List<ShownItem> items) {
    List<Map<String, Object>> ranked = new ArrayList<>();
    for (ShownItem item : items) {
      Map<String, Object> view = item(item);
      view.put("rank", ranked.size() + 1);
      ranked.add(view);
    }
    return ranked;
  }

  private Map<String, Object> item(ShownItem item) {
    Map<String, Object> view = new HashMap<>();
    view.put("title", item.title());
    view.put("image", thumbnails.of(item.image()));
    view.put("hit", item.hit());
    return view;
  }
}
