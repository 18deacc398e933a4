package dev.weft.mp4sr.eval;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Correction of p-values for many comparisons (Holm, "A simple sequentially rejective multiple test
 * procedure", Scandinavian Journal of Statistics 6, 1979): the chance of even one false finding
 * among all that fall below a level is that level.
 */
public final class Holm {
  private Holm() {}

  /**
   * Adjusted p-values, in the order given: with the p-values rising, {@code max over i ≤ j of
   * min(1, (m - i + 1) p_i)}. NaN stays NaN and counts for no comparison.
   */
  public static double[] adjust(double... p) {
    double[] adjusted = p.clone();
    int[] rising =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double highest = 0;
    for (int i = 0; i < rising.length; i++) {
      highest = Math.max(highest, Math.min(1, (rising.length - i) * p[rising[i]]));
      adjusted[rising[i]] = highest;
    }
    return adjusted;
  }
}
