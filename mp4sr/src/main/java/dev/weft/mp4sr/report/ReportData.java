package dev.weft.mp4sr.report;

import dev.weft.mp4sr.eval.Aggregate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a report shows, top to bottom; an empty list leaves its part out.
 *
 * @param title heading of the page
 * @param summary what was done and what came out, in a sentence or two
 * @param notes what a reader must know to read the figures right
 * @param data about the data set
 * @param configuration about models and training
 * @param tables metrics
 * @param bars metrics as bars
 * @param curves losses over the epochs
 * @param tags pictures with the words chosen for them
 * @param users what some users bought and were recommended
 */
public record ReportData(
    String title,
    String summary,
    List<String> notes,
    List<Fact> data,
    List<Fact> configuration,
    List<MetricTable> tables,
    List<MetricBars> bars,
    List<LossCurves> curves,
    List<TaggedPicture> tags,
    List<UserExample> users) {

  /** Copies the lists. */
  public ReportData {
    notes = List.copyOf(notes);
    data = List.copyOf(data);
    configuration = List.copyOf(configuration);
    tables = List.copyOf(tables);
    bars = List.copyOf(bars);
    curves = List.copyOf(curves);
    tags = List.copyOf(tags);
    users = List.copyOf(users);
  }

  /** A name and its value. */
  public record Fact(String name, String value) {}

  /**
   * Models against metrics.
   *
   * @param title which cases
   * @param caption how to read it
   * @param metrics names of the columns
   * @param rows one for each model
   */
  public record MetricTable(
      String title, String caption, List<String> metrics, List<MetricRow> rows) {}

  /**
   * A model's figures.
   *
   * @param model its name
   * @param values one for each column, NaN where there is none
   */
  public record MetricRow(String model, List<Aggregate> values) {}

  /**
   * One metric of every model, with its standard deviation as error bars.
   *
   * @param title what is shown
   * @param values by model, in the order shown
   */
  public record MetricBars(String title, Map<String, Aggregate> values) {}

  /**
   * Figures over the epochs of one training.
   *
   * @param title which training
   * @param series values of the epochs 1, 2, … by name; NaN where one is missing
   */
  public record LossCurves(String title, Map<String, double[]> series) {}

  /**
   * A picture and the words that CLIP found in it.
   *
   * @param image its file
   * @param title of the item that it shows
   * @param words best first
   */
  public record TaggedPicture(Path image, String title, List<String> words) {}

  /**
   * An item as a user sees it.
   *
   * @param title of the item
   * @param image its picture; null where there is none
   * @param hit whether it is what the user bought next
   */
  public record ShownItem(String title, Path image, boolean hit) {}

  /**
   * A user's case.
   *
   * @param name the user's
   * @param history oldest first
   * @param next what the user bought next
   * @param recommended best first
   */
  public record UserExample(
      String name, List<ShownItem> history, ShownItem next, List<ShownItem> recommended) {}
}
