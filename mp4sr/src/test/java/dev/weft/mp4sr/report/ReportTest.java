package dev.weft.mp4sr.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.eval.Aggregate;
import dev.weft.mp4sr.report.ReportData.Fact;
import dev.weft.mp4sr.report.ReportData.LossCurves;
import dev.weft.mp4sr.report.ReportData.MetricBars;
import dev.weft.mp4sr.report.ReportData.MetricRow;
import dev.weft.mp4sr.report.ReportData.MetricTable;
import dev.weft.mp4sr.report.ReportData.ShownItem;
import dev.weft.mp4sr.report.ReportData.TaggedPicture;
import dev.weft.mp4sr.report.ReportData.UserExample;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  @TempDir Path folder;

  @Test
  void pageStandsAloneAndHoldsEverything() throws IOException {
    String page = Files.readString(Report.write(folder.resolve("report"), data()));
    assertTrue(page.contains("0.1234<small>± 0.0100</small>"), "mean and deviation");
    assertTrue(page.contains("–<small>"), "a figure that is not there");
    assertTrue(page.contains("<td class=\"best\">0.1234"), "the best of a column");
    assertTrue(page.contains("Untrained encoders"), "the note");
    assertTrue(page.contains("Kettle &lt;b&gt; &amp; pan"), "text is escaped");
    assertEquals(2, count(page, "data:image/svg\\+xml"), "charts");
    assertTrue(count(page, "data:image/jpeg") >= 3, "pictures");
    assertTrue(page.contains("picture empty"), "a broken picture is a frame");
    assertEquals(1, count(page, "class=\"item hit\""), "the next item is marked");
  }

  @Test
  void nothingIsFetched() throws IOException {
    String page = Files.readString(Report.write(folder, data()));
    Matcher links = Pattern.compile("(?:src|href)=\"(?!data:)").matcher(page);
    assertFalse(links.find(), "every picture is inside");
    assertFalse(page.contains("<script"), "no script");
    assertFalse(page.contains("url("), "no font or picture from elsewhere");
  }

  @Test
  void theSameDataGiveTheSameBytes() throws IOException {
    byte[] first = Files.readAllBytes(Report.write(folder.resolve("a"), data()));
    byte[] second = Files.readAllBytes(Report.write(folder.resolve("b"), data()));
    assertArrayEquals(first, second);
  }

  @Test
  void emptyPartsAreLeftOut() throws IOException {
    ReportData empty =
        new ReportData(
            "t", "s", List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
            List.of());
    String page = Files.readString(Report.write(folder, empty));
    assertFalse(page.contains("<h2>"), page);
  }

  private static int count(String text, String regex) {
    return (int) Pattern.compile(regex).matcher(text).results().count();
  }

  private ReportData data() throws IOException {
    Path red = picture("red.png", Color.RED, 500, 300);
    Path blue = picture("blue.png", Color.BLUE, 40, 60);
    Path broken = folder.resolve("broken.jpg");
    Files.writeString(broken, "no picture");
    Aggregate good = new Aggregate(0.1234, 0.01, 3);
    Aggregate none = new Aggregate(Double.NaN, Double.NaN, 3);
    Map<String, Aggregate> bars = new LinkedHashMap<>();
    bars.put("MP4SR", good);
    bars.put("none", none);
    ShownItem hit = new ShownItem("Kettle <b> & pan", red, true);
    ShownItem miss = new ShownItem("Bowl", blue, false);
    ShownItem bare = new ShownItem("No picture", null, false);
    return new ReportData(
        "A run",
        "What came out.",
        List.of("Untrained encoders: read with care."),
        List.of(new Fact("items", "3")),
        List.of(new Fact("seed", "1")),
        List.of(
            new MetricTable(
                "All",
                "caption",
                List.of("NDCG@10"),
                List.of(
                    new MetricRow("MP4SR", List.of(good)), new MetricRow("none", List.of(none))))),
        List.of(new MetricBars("NDCG@10", bars)),
        List.of(new LossCurves("Pre-training", Map.of("loss", new double[] {3, 2, Double.NaN}))),
        List.of(new TaggedPicture(broken, "Broken", List.of("red", "round"))),
        List.of(new UserExample("U1", List.of(miss, bare), hit, List.of(hit, miss))));
  }

  private Path picture(String name, Color color, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillOval(0, 0, width, height);
    graphics.dispose();
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
