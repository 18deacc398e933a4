package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.RandomKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequenceDropoutTest {
  private static SequenceBatch batch() {
    List<int[]> sequences = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sequences.add(IntStream.rangeClosed(1, 1 + i % 30).toArray());
    }
    return SequenceBatch.of(sequences, 50);
  }

  @Test
  void keepsTheFirstItemAndTheOrder() {
    SequenceBatch batch = batch();
    SequenceBatch dropped = SequenceDropout.drop(batch, 0.6, new RandomKey(4, 5));
    assertEquals(batch.items().shape(), dropped.items().shape());
    int[] lengths = dropped.lengths().toInts();
    int[] before = batch.lengths().toInts();
    for (int row = 0; row < lengths.length; row++) {
      int[] items = dropped.items().select(0, row).toInts();
      assertEquals(1, items[0]);
      for (int i = 0; i < items.length; i++) {
        if (i >= lengths[row]) {
          assertEquals(0, items[i], "padding");
        } else if (i > 0) {
          assertTrue(items[i] > items[i - 1] && items[i] <= before[row], Arrays.toString(items));
        }
      }
    }
  }

  @Test
  void aHistoryEndsAtTheLastItemKept() {
    SequenceBatch batch = batch().everyPosition();
    SequenceBatch dropped = SequenceDropout.drop(batch, 0.4, new RandomKey(4, 5));
    int[] before = batch.items().toInts();
    int[] after = dropped.items().toInts();
    int[] ends = batch.ends().toInts();
    int[] moved = dropped.ends().toInts();
    for (int i = 0; i < ends.length; i++) {
      int row = ends[i] / batch.length() * batch.length();
      int kept = 0;
      for (int item : Arrays.copyOfRange(after, row, row + batch.length())) {
        kept += item > 0 && item <= before[ends[i]] ? 1 : 0; // the items are 1, 2, 3, ...
      }
      assertEquals(row + kept - 1, moved[i]);
    }
  }

  @Test
  void dropsAtTheRatio() {
    SequenceBatch batch = batch();
    int droppable = Arrays.stream(batch.lengths().toInts()).sum() - batch.size();
    for (double ratio : new double[] {0.1, 0.2, 0.6}) {
      SequenceBatch dropped = SequenceDropout.drop(batch, ratio, new RandomKey(4, 6));
      int left = Arrays.stream(dropped.lengths().toInts()).sum() - batch.size();
      double deviation = Math.sqrt(droppable * ratio * (1 - ratio));
      assertEquals(droppable * (1 - ratio), left, 5 * deviation);
    }
  }

  @Test
  void aRatioOfZeroChangesNothing() {
    SequenceBatch batch = batch();
    SequenceBatch dropped = SequenceDropout.drop(batch, 0, new RandomKey(4, 6));
    assertArrayEquals(batch.items().toInts(), dropped.items().toInts());
    assertArrayEquals(batch.lengths().toInts(), dropped.lengths().toInts());
  }
}
