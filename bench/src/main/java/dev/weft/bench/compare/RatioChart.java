package dev.weft.bench.compare;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Bars for each work: peer's time / ours, with a line at one and a mark at what is asked. */
final class RatioChart {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 720;
  private static final int DOTS_PER_INCH = 144;
  private static final Color BARS = new Color(0x0072b2);
  private static final Color PALE_BARS = new Color(0x9cc9e8);
  private static final Color ONE = new Color(0x404040);
  private static final Color ASKED = new Color(0xd55e00);

  private RatioChart() {}

  /** Writes a PNG; nothing where no work has a ratio. */
  static void write(Report report, Path file) throws IOException {
    List<Line> lines = report.lines().stream().filter(line -> !Double.isNaN(line.ratio())).toList();
    if (!lines.isEmpty()) {
      BitmapEncoder.saveBitmapWithDPI(
          chart(report, lines), file.toString(), BitmapFormat.PNG, DOTS_PER_INCH);
    }
  }

  private static CategoryChart chart(Report report, List<Line> lines) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Peer's time / ours, " + report.threads() + " threads: above 1 we are faster")
            .build();
    style(chart.getStyler());
    List<String> names = lines.stream().map(Line::work).toList();
    // One behind the other: who is tuned is at least as fast, so the pale bar looks out above.
    List<Double> asInstalled =
        lines.stream().map(line -> line.ratio(line.bestAsInstalled())).toList();
    if (asInstalled.stream().noneMatch(ratio -> ratio.isNaN())) {
      bars(chart, "best peer as installed", names, asInstalled, PALE_BARS);
    }
    bars(chart, "best peer", names, lines.stream().map(Line::ratio).toList(), BARS);
    line(chart, "equal", names, Collections.nCopies(names.size(), 1.0), ONE);
    marks(chart, names, asked(lines));
    return chart;
  }

  private static void bars(
      CategoryChart chart, String name, List<String> x, List<Double> y, Color color) {
    chart.addSeries(name, x, y).setFillColor(color);
  }

  private static List<Double> asked(List<Line> lines) {
    List<Double> values = new ArrayList<>();
    for (Line line : lines) {
      values.add(line.asked() == 0 ? null : line.asked());
    }
    return values;
  }

  private static void line(
      CategoryChart chart, String name, List<String> x, List<Double> y, Color color) {
    CategorySeries series = chart.addSeries(name, x, y);
    series.setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Line);
    series.setMarker(SeriesMarkers.NONE).setLineColor(color).setLineStyle(new BasicStroke(1.5f));
  }

  private static void marks(CategoryChart chart, List<String> x, List<Double> y) {
    if (y.stream().allMatch(value -> value == null)) {
      return;
    }
    CategorySeries series = chart.addSeries("asked", x, y);
    series.setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Line);
    series.setMarker(SeriesMarkers.DIAMOND).setMarkerColor(ASKED);
    series.setLineStyle(SeriesLines.NONE);
  }

  private static void style(CategoryStyler styler) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler.setOverlapped(true).setAvailableSpaceFill(0.7);
    styler
        .setXAxisLabelRotation(90)
        .setXAxisLabelAlignmentVertical(TextAlignment.Right)
        .setYAxisMin(0.0);
    styler.setPlotBorderVisible(false).setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setChartBackgroundColor(Color.WHITE).setLegendBorderColor(Color.WHITE);
    styler.setAxisTickLabelsFont(font).setYAxisDecimalPattern("0.0");
    styler.setPlotGridVerticalLinesVisible(false);
  }
}
