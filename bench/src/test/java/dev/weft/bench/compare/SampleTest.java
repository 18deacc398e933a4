package dev.weft.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void differenceIsInUnitsOfTheRootMeanSquare() {
    Sample ours = Sample.of(new float[] {10, -10, 10, -10});
    Sample theirs = Sample.of(new float[] {10, -10, 10, -9});
    assertEquals(0, ours.differenceFrom(ours));
    assertEquals(0.1, theirs.differenceFrom(ours), 1e-12);
  }

  @Test
  void anotherLengthOrANanIsInfinitelyFar() {
    Sample ours = Sample.of(new float[] {1, 2});
    assertEquals(Double.POSITIVE_INFINITY, Sample.of(new float[] {1, 2, 3}).differenceFrom(ours));
    assertEquals(
        Double.POSITIVE_INFINITY, Sample.of(new float[] {1, Float.NaN}).differenceFrom(ours));
  }

  @Test
  void aLargeResultIsSeenToItsEnds() {
    float[] values = new float[1_000_000];
    Sample zeros = Sample.of(values);
    Arrays.fill(values, 999_000, 1_000_000, 1);
    Sample end = Sample.of(values);
    assertEquals(1_000_000, end.length());
    assertEquals(Math.sqrt(1000), end.differenceFrom(zeros), 1e-6);
  }
}
