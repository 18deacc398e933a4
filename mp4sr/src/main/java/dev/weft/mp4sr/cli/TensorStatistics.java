package dev.weft.mp4sr.cli;

import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.TensorInfo;
import dev.weft.tensor.Scope;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a checkpoint says about one tensor.
 *
 * @param name its stored name
 * @param dtype its stored type
 * @param shape its extents
 * @param mean of all elements, NaN where there is none
 * @param standardDeviation of all elements as they are (divided by their number), in float64
 */
record TensorStatistics(
    String name, String dtype, int[] shape, double mean, double standardDeviation) {

  /** Every tensor of a checkpoint, or of a model folder's. */
  static List<TensorStatistics> read(Path path) {
    List<TensorStatistics> all = new ArrayList<>();
    try (Checkpoint checkpoint =
        Files.isDirectory(path) ? ModelFolder.openWeights(path) : ModelFolder.openFile(path)) {
      checkpoint.tensors().forEach((name, info) -> all.add(of(name, info, checkpoint)));
    }
    return all;
  }

  private static TensorStatistics of(String name, TensorInfo info, Checkpoint checkpoint) {
    try (var _ = Scope.open()) {
      double[] values = checkpoint.load(name).toDoubles();
      double mean = mean(values);
      return new TensorStatistics(
          name, info.type().name(), info.shape().dims(), mean, deviation(values, mean));
    }
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double deviation(double[] values, double mean) {
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }

  static void print(List<TensorStatistics> all, PrintWriter out) {
    int width = all.stream().mapToInt(t -> t.name().length()).max().orElse(0);
    String row = "%-" + Math.max(width, 4) + "s  %-5s %-18s %13s %13s";
    out.println(row.formatted("name", "dtype", "shape", "mean", "sd"));
    for (TensorStatistics tensor : all) {
      out.println(
          row.formatted(
              tensor.name,
              tensor.dtype,
              Arrays.toString(tensor.shape),
              "%.6g".formatted(tensor.mean),
              "%.6g".formatted(tensor.standardDeviation)));
    }
  }
}
