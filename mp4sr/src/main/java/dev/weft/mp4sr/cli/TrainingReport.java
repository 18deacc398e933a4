package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.train.TrainResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a training command says at its end. */
final class TrainingReport {
  private TrainingReport() {}

  static void print(PrintWriter out, boolean json, Path run, TrainResult result, String metric) {
    if (json) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("run", run.toString());
      report.put("epochs", result.epochs().size());
      report.put("bestEpoch", result.bestEpoch());
      report.put("metric", metric);
      report.put("best", result.bestMetric());
      report.put("stoppedEarly", result.stoppedEarly());
      report.put("seconds", result.seconds());
      JsonOption.print(out, report);
      return;
    }
    String best =
        result.bestMetric() == null
            ? ""
            : String.format(Locale.ROOT, ", %s %.4f on validation", metric, result.bestMetric());
    out.println(
        String.format(
            Locale.ROOT,
            "%s: %d epochs in %.1f s, the best is %d%s",
            run,
            result.epochs().size(),
            result.seconds(),
            result.bestEpoch(),
            best));
  }
}
