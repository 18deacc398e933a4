package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErfTest {

  /** x, erf(x), erfc(x) to 17 digits: Abramowitz and Stegun, table 7.1, and beyond it. */
  private static final double[][] KNOWN = {
    {0, 0, 1},
    {0.1, 0.11246291601828489, 0.88753708398171511},
    {0.5, 0.52049987781304654, 0.47950012218695346},
    {1, 0.84270079294971487, 0.15729920705028513},
    {1.5, 0.96610514647531073, 0.033894853524689274},
    {2, 0.99532226501895273, 0.0046777349810472658},
    {3, 0.99997790950300141, 2.2090496998585441e-05},
    {5, 0.99999999999846254, 1.5374597944280349e-12},
    {10, 1, 2.0884875837625448e-45},
    {20, 1, 5.3958656116079010e-176},
  };

  @Test
  void knownValues() {
    for (double[] known : KNOWN) {
      assertEquals(known[1], Erf.erf(known[0]), 4e-16);
      assertEquals(-known[1], Erf.erf(-known[0]), 4e-16);
      assertEquals(known[2], Erf.erfc(known[0]), 1e-13 * known[2], "erfc " + known[0]);
      assertEquals(1 + known[1], Erf.erfc(-known[0]), 4e-16);
    }
  }

  @Test
  void ends() {
    assertEquals(1, Erf.erf(Double.POSITIVE_INFINITY));
    assertEquals(-1, Erf.erf(Double.NEGATIVE_INFINITY));
    assertEquals(0, Erf.erfc(Double.POSITIVE_INFINITY));
    assertEquals(2, Erf.erfc(Double.NEGATIVE_INFINITY));
    assertEquals(1, Erf.erf(1e300));
    assertEquals(Double.NaN, Erf.erf(Double.NaN));
    assertEquals(Double.NaN, Erf.erfc(Double.NaN));
    assertEquals(0.0, Erf.erf(0.0));
    assertEquals(1.1283791670955126e-200, Erf.erf(1e-200), 1e-214);
  }
}
