package dev.weft.mp4sr.report;

import dev.weft.mp4sr.train.EpochReport;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A training's losses and validation figures over its epochs, as charts in its run folder. */
public final class TrainingCurves {
  private TrainingCurves() {}

  /**
   * Writes {@code losses} and, where anything was validated, {@code validation}, each as {@code
   * .svg} and {@code .png}.
   *
   * @throws IOException if one cannot be written; an older one of its name stays then
   */
  public static void write(Path folder, List<EpochReport> epochs) throws IOException {
    write(folder, "losses", epochs, EpochReport::losses);
    write(folder, "validation", epochs, EpochReport::validation);
  }

  /** No more lines than colours: of many metrics those at 10 and 20; a file has all of them. */
  static List<String> shown(Collection<String> names) {
    List<String> usual =
        names.stream().filter(name -> name.endsWith("@10") || name.endsWith("@20")).toList();
    boolean isMany = names.size() > Charts.COLOURS && !usual.isEmpty();
    return (isMany ? usual : names).stream().limit(Charts.COLOURS).toList();
  }

  private static void write(
      Path folder,
      String name,
      List<EpochReport> epochs,
      Function<EpochReport, Map<String, Double>> figures)
      throws IOException {
    Set<String> names = new LinkedHashSet<>();
    epochs.forEach(epoch -> names.addAll(figures.apply(epoch).keySet()));
    if (names.isEmpty()) {
      return;
    }
    Map<String, double[]> series = new LinkedHashMap<>();
    for (String each : shown(names)) {
      double[] values = new double[epochs.size()];
      Arrays.setAll(values, i -> figures.apply(epochs.get(i)).getOrDefault(each, Double.NaN));
      series.put(each, values);
    }
    AtomicFiles.writeStream(
        folder.resolve(name + ".svg"), out -> out.write(Charts.svg(Charts.curveChart(series))));
    AtomicFiles.writeStream(
        folder.resolve(name + ".png"), out -> out.write(Charts.png(Charts.curveChart(series))));
  }
}
