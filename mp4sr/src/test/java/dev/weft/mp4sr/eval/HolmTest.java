package dev.weft.mp4sr.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class HolmTest {
  /** By hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04 held up by the one before it. */
  @Test
  void byHand() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02}, Holm.adjust(0.01, 0.04, 0.03, 0.005), 1e-15);
  }

  @Test
  void neverAboveOneAndNaNCountsForNothing() {
    assertArrayEquals(new double[] {1, Double.NaN, 1}, Holm.adjust(0.9, Double.NaN, 0.6), 1e-15);
    assertArrayEquals(
        new double[] {0.9, Double.NaN, 0.2}, Holm.adjust(0.9, Double.NaN, 0.1), 1e-15);
    assertArrayEquals(new double[0], Holm.adjust());
    assertArrayEquals(new double[] {0.02, 0.02}, Holm.adjust(0.01, 0.01), 1e-15);
  }
}
