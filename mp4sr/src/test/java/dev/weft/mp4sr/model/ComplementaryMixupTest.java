package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComplementaryMixupTest {
  private static final int[] LONG = Collections.nCopies(50, 1).stream().mapToInt(i -> i).toArray();

  @Test
  void togetherTheSequencesHoldEveryEmbeddingOnce() {
    Tensor positions = Tensor.of(new int[] {0, 3, 2, 1, 4, 0}, 2, 3);
    Tensor mask = Tensor.of(new boolean[] {true, false, true, false, false, false}, 2, 3);
    Tensor rows = ComplementaryMixup.rows(positions, mask, 5);
    assertArrayEquals(new int[] {4, 3}, rows.shape().dims());
    // Text rows are 0 to 4, image rows 5 to 9.
    assertArrayEquals(new int[] {5, 3, 7, 1, 4, 0, 0, 8, 2, 6, 9, 5}, rows.toInts());
    assertArrayEquals(
        new int[] {0, 3, 2, 1, 4, 0, 5, 8, 7, 6, 9, 5},
        ComplementaryMixup.rows(positions, null, 5).toInts());
  }

  @Test
  void swapsAtTheRatioAndNeverPadding() {
    SequenceBatch batch = SequenceBatch.of(Collections.nCopies(200, LONG), 50);
    SequenceBatch half = SequenceBatch.of(List.of(LONG, new int[] {1, 2, 3}), 50);
    for (double ratio : new double[] {0, 0.1, 0.5}) {
      int swapped = 0;
      for (int value : ComplementaryMixup.mask(batch, ratio, new RandomKey(1, 2)).toInts()) {
        swapped += value;
      }
      // 10 000 draws: five standard deviations.
      assertEquals(10_000 * ratio, swapped, 5 * Math.sqrt(10_000 * ratio * (1 - ratio)));
      int[] mask = ComplementaryMixup.mask(half, ratio, new RandomKey(1, 2)).toInts();
      for (int i = 53; i < 100; i++) {
        assertEquals(0, mask[i], "padding at " + i);
      }
    }
  }

  @Test
  void theKeyDecides() {
    SequenceBatch batch = SequenceBatch.of(List.of(LONG), 50);
    int[] first = ComplementaryMixup.mask(batch, 0.5, new RandomKey(1, 2)).toInts();
    assertArrayEquals(first, ComplementaryMixup.mask(batch, 0.5, new RandomKey(1, 2)).toInts());
    int[] other = ComplementaryMixup.mask(batch, 0.5, new RandomKey(1, 3)).toInts();
    assertFalse(java.util.Arrays.equals(first, other));
  }
}
