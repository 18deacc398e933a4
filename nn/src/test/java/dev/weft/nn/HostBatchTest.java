package dev.weft.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.tensor.Device;
import org.junit.jupiter.api.Test;

/** Gathering a step's integers; that they travel together is tested where there is a device. */
class HostBatchTest {
  @Test
  void partsAreWhatWasAdded() {
    HostBatch batch = new HostBatch();
    HostBatch.Part first = batch.add(new int[] {4, 2, 9, 1, 7});
    HostBatch.Part none = batch.add(new int[0]);
    HostBatch.Part last = batch.add(new int[] {3});
    assertEquals(5, first.length());
    batch.send(Device.CPU);
    assertArrayEquals(new int[] {4, 2, 9, 1, 7}, first.tensor().toInts());
    assertArrayEquals(new int[0], none.tensor().toInts());
    assertArrayEquals(new int[] {3}, last.tensor().toInts());
  }

  @Test
  void nothingIsThereBeforeAndNothingIsAddedAfterwards() {
    HostBatch batch = new HostBatch();
    HostBatch.Part part = batch.add(new int[] {1});
    assertThrows(IllegalStateException.class, part::tensor);
    batch.send(Device.CPU);
    assertThrows(IllegalStateException.class, () -> batch.add(new int[] {2}));
  }
}
