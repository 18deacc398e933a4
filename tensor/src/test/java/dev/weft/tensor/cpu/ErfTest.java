package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErfTest {

  /** x, erf(x), erfc(x) to 17 digits: Abramowitz and Stegun, table 7.1, and beyond it. */
  private static final double[][] KNOWN = {
    {0, 0, 1},
    {0.1, 0.11246291601828488, 0.8875370839817152},
    {0.5, 0.5204998778130465, 0.4795001221869535},
    {1, 0.8427007929497149, 0.15729920705028513},
    {1.5, 0.9661051464753108, 0.033894853524689274},
    {2, 0.9953222650189527, 0.004677734981047266},
    {3, 0.9999779095030014, 2.209049699858544E-5},
    {5, 0.9999999999984626, 1.537459794428035E-12},
    {10, 1, 2.088487583762545E-45},
    {20, 1, 5.395865611607901E-176},
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
    assertEquals(1.1283791670955125E-200, Erf.erf(1e-200), 1e-214);
  }
}
