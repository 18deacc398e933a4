package dev.weft.mp4sr.report;

import dev.weft.mp4sr.eval.Aggregate;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Charts: as SVG data URIs in colours that stand on a light and on a dark page, and as files on
 * white.
 */
final class Charts {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 340;

  /** The names of models are long, so each has a line. */
  private static final int LEGEND_LINE = 22;

  /** Height of a letter of an upright name. */
  private static final int LETTER = 7;

  private static final Color TRANSPARENT = new Color(0, 0, 0, 0);
  private static final Color INK = new Color(0x7a8290);
  private static final Color GRID = new Color(0x7a, 0x82, 0x90, 0x40);

  /** Told apart by most colour-blind readers too (Okabe and Ito). */
  private static final Color[] SERIES = {
    new Color(0x0072b2),
    new Color(0xe69f00),
    new Color(0x009e73),
    new Color(0xcc79a7),
    new Color(0x56b4e9),
    new Color(0xd55e00)
  };

  /** Lines of a chart that have colours of their own. */
  static final int COLOURS = SERIES.length;

  private Charts() {}

  /** Losses over epochs. */
  static String curves(Map<String, double[]> series) {
    return dataUri(curveChart(series));
  }

  /** The same, not written yet. */
  static XYChart curveChart(Map<String, double[]> series) {
    int height = HEIGHT + LEGEND_LINE * series.size();
    XYChart chart = new XYChartBuilder().width(WIDTH).height(height).xAxisTitle("epoch").build();
    style(chart.getStyler());
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Vertical);
    chart.getStyler().setXAxisDecimalPattern("0").setXAxisMaxLabelCount(12);
    chart.getStyler().setYAxisDecimalPattern("0.###");
    series.forEach((name, values) -> addCurve(chart, name, values));
    return chart;
  }

  private static void addCurve(XYChart chart, String name, double[] values) {
    int[] epochs =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(values[i])).toArray();
    if (epochs.length == 0) {
      return;
    }
    double[] x = IntStream.of(epochs).mapToDouble(i -> i + 1).toArray();
    double[] y = IntStream.of(epochs).mapToDouble(i -> values[i]).toArray();
    chart
        .addSeries(name, x, y)
        .setMarker(x.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
        .setLineStyle(new BasicStroke(2.2f));
  }

  /** A metric of several models. */
  static String bars(Map<String, Aggregate> values) {
    return dataUri(barChart(values, ""));
  }

  /**
   * The same, not written yet.
   *
   * @param title what the bars' heights are
   */
  static CategoryChart barChart(Map<String, Aggregate> values, String title) {
    int longest = values.keySet().stream().mapToInt(String::length).max().orElse(0);
    int height = HEIGHT + (isCrowded(values) ? LETTER * longest : 0);
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(height).yAxisTitle(title).build();
    style(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setAvailableSpaceFill(0.6);
    chart.getStyler().setXAxisLabelRotation(isCrowded(values) ? 90 : 20).setYAxisMin(0.0);
    List<Aggregate> known = new ArrayList<>(values.values());
    List<Double> means = known.stream().map(a -> finite(a.mean())).toList();
    List<Double> deviations = known.stream().map(a -> finite(a.sd())).toList();
    double highest =
        known.stream()
            .flatMapToDouble(a -> DoubleStream.of(finite(a.mean()) + finite(a.sd())))
            .max()
            .orElse(1);
    chart.getStyler().setYAxisDecimalPattern("0.00#");
    chart.getStyler().setYAxisMax(highest > 0 ? highest * 1.1 : 1);
    chart.addSeries("mean", new ArrayList<>(values.keySet()), means, deviations);
    return chart;
  }

  /** Whether slanted names would run into each other. */
  private static boolean isCrowded(Map<String, ?> values) {
    return values.size() > 6;
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? value : 0;
  }

  private static void style(AxesChartStyler styler) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler.setSeriesColors(SERIES);
    styler
        .setChartBackgroundColor(TRANSPARENT)
        .setPlotBackgroundColor(TRANSPARENT)
        .setPlotBorderVisible(false)
        .setLegendBackgroundColor(TRANSPARENT)
        .setLegendBorderColor(TRANSPARENT)
        .setLegendFont(font)
        .setChartFontColor(INK)
        .setAnnotationTextFontColor(INK);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setAxisTickLabelsColor(INK);
    styler.setAxisTickMarksColor(GRID);
    styler.setAxisTickLabelsFont(font);
    styler.setAxisTitleFont(font);
    styler.setXAxisTitleColor(INK);
    styler.setYAxisTitleColor(INK);
    styler.setErrorBarsColor(INK);
  }

  private static String dataUri(Chart<?, ?> chart) {
    return "data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(vectors(chart));
  }

  /** A chart as an SVG file's bytes. */
  static byte[] svg(Chart<?, ?> chart) {
    return vectors(onWhite(chart));
  }

  /** Whoever looks at a file may have any colour behind it. */
  private static Chart<?, ?> onWhite(Chart<?, ?> chart) {
    chart.getStyler().setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE);
    return chart;
  }

  private static byte[] vectors(Chart<?, ?> chart) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new AssertionError("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /** A chart as a PNG file's bytes. */
  static byte[] png(Chart<?, ?> chart) {
    try {
      return BitmapEncoder.getBitmapBytes(onWhite(chart), BitmapFormat.PNG);
    } catch (IOException e) {
      throw new AssertionError("writing to memory", e);
    }
  }
}
