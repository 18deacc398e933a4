package dev.weft.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final double EXACT = 1e-12;

  @Test
  void medianIsOfAllRunsInMilliseconds() {
    long[] first = {3_000_000, 1_000_000, 2_000_000};
    Statistics times = Statistics.of(List.of(first, new long[] {100_000_000}));
    assertEquals(2.5, times.median(), EXACT);
    assertEquals(1, times.min(), EXACT);
    assertEquals(4, times.runs());
    assertEquals(List.of(2.0, 100.0), times.roundMedians());
  }

  @Test
  void spreadIsBetweenRoundsAndNotWithinThem() {
    long[] round = {1_000_000, 2_000_000, 9_000_000};
    assertEquals(0, Statistics.of(List.of(round, round)).spread(), EXACT);
    long[] slower = {2_000_000, 4_000_000, 4_000_000};
    double median = 3;
    assertEquals((4 - 2) / (2 * median), Statistics.of(List.of(round, slower)).spread(), EXACT);
  }

  @Test
  void noRunIsAnError() {
    List<long[]> empty = List.of(new long[0]);
    assertThrows(IllegalArgumentException.class, () -> Statistics.of(empty));
  }

  @Test
  void geometricMeanOfARatioAndItsInverseIsOne() {
    assertEquals(1, Statistics.geometricMean(4, 0.25), EXACT);
    assertTrue(Double.isNaN(Statistics.geometricMean()));
  }
}
