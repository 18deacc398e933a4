package dev.weft.tensor.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;

/** Comparison within a number of roundoffs of a stated magnitude. */
final class Close {
  private Close() {}

  /**
   * Each actual element lies within {@code roundoffs} units of roundoff of the expected one, the
   * unit being relative to the expected number.
   */
  static void assertClose(
      Subject subject, double roundoffs, double[] expected, double[] actual, Object context) {
    assertClose(subject, roundoffs, expected, null, actual, context);
  }

  /**
   * The same, relative to {@code magnitudes} where these are larger than the expected numbers: for
   * sums, what was added up.
   */
  static void assertClose(
      Subject subject,
      double roundoffs,
      double[] expected,
      double[] magnitudes,
      double[] actual,
      Object context) {
    assertEquals(expected.length, actual.length, () -> "number of elements, " + context);
    for (int i = 0; i < expected.length; i++) {
      double wanted = subject.rounded(expected[i]);
      if (Double.compare(wanted, actual[i]) == 0 || wanted == actual[i]) {
        continue;
      }
      double magnitude = Math.abs(expected[i]);
      if (magnitudes != null) {
        magnitude = Math.max(magnitude, magnitudes[i]);
      }
      double tolerance = roundoffs * subject.roundoff() * magnitude + smallest(subject);
      if (!(Math.abs(expected[i] - actual[i]) <= tolerance)) {
        fail(
            "element %d is %s, not %s (tolerance %.3g): %s"
                .formatted(i, actual[i], expected[i], tolerance, context));
      }
    }
  }

  /** Denormal results may be a step off, whatever their size. */
  private static double smallest(Subject subject) {
    return subject.roundoff() == 0x1p-24 ? 2 * Float.MIN_NORMAL : 2 * Double.MIN_NORMAL;
  }

  /** An array of the same number. */
  static double[] repeated(double value, int count) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }
}
