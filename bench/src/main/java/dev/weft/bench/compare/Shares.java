package dev.weft.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How near the engines come to what the machine can do: its arithmetic, its memory. */
final class Shares {
  private static final String PEAK = "FMA peak, one thread";
  private static final String PRODUCT = "sgemm 1024³, one thread";
  private static final Map<String, String> COPIES =
      Map.of(
          "softmax 4096²", "copy 4096²",
          "layer norm 8192×768", "copy 8192×768",
          "GELU 8192×3072", "copy 8192×3072");

  private Shares() {}

  /** A sentence for each share whose parts were measured. */
  static List<String> of(List<Line> lines) {
    List<String> sentences = new ArrayList<>();
    Line peak = find(lines, PEAK);
    Line product = find(lines, PRODUCT);
    if (peak != null && product != null && peak.ours().isPresent()) {
      double limit = rate(peak.flops(), peak.ours().get());
      product
          .engines()
          .forEach(
              (engine, figures) ->
                  sentences.add(
                      engine
                          + percent(rate(product.flops(), figures) / limit)
                          + " of the FMA peak, "
                          + MarkdownTable.number(limit)
                          + " GFLOP/s, at "
                          + PRODUCT));
    }
    for (Line line : lines) {
      Line copy = find(lines, COPIES.getOrDefault(line.work(), ""));
      if (copy != null && copy.ours().isPresent() && line.ours().isPresent()) {
        double limit = rate(copy.bytes(), copy.ours().get());
        double reached = rate(line.bytes(), line.ours().get());
        sentences.add(
            line.work()
                + percent(reached / limit)
                + " of the bandwidth of our copy, "
                + MarkdownTable.number(limit)
                + " GB/s");
      }
    }
    return sentences;
  }

  private static String percent(double share) {
    return ": " + Math.round(100 * share) + " %";
  }

  /** In units of 10⁹ a second. */
  private static double rate(double amount, Line.Figures figures) {
    return amount / figures.times().median() * 1e-6;
  }

  private static Line find(List<Line> lines, String work) {
    return lines.stream().filter(line -> line.work().equals(work)).findFirst().orElse(null);
  }
}
