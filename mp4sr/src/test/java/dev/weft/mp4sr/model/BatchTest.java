package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

  @Test
  void keepsTheMostRecentItems() {
    SequenceBatch batch = SequenceBatch.of(List.of(new int[] {1, 2, 3, 4}, new int[] {5}), 3);
    assertEquals(2, batch.size());
    assertEquals(3, batch.length());
    assertArrayEquals(new int[] {2, 3, 4, 5, 0, 0}, batch.items().toInts());
    assertArrayEquals(new int[] {3, 1}, batch.lengths().toInts());
  }

  @Test
  void refusesWhatIsNoBatch() {
    assertThrows(
        TensorException.class, () -> SequenceBatch.of(List.of(new int[] {1}, new int[0]), 3));
    assertThrows(
        TensorException.class,
        () -> new SequenceBatch(Tensor.of(new int[4], 2, 2), Tensor.of(new int[3], 3)));
    SequenceBatch batch = SequenceBatch.of(List.of(new int[] {1}), 3);
    TensorException refused =
        assertThrows(
            TensorException.class, () -> new TrainingBatch(batch, Tensor.of(new long[] {1}, 1)));
    assertTrue(refused.getMessage().contains("must be I32 [1]"), refused.getMessage());
  }
}
