package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.TensorException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HeapPoolTest {
  private final HeapPool pool = new HeapPool();

  @Test
  void handsOutAgainWhatCameBack() {
    HeapStorage first = pool.take(DType.F32, 100);
    Object array = first.array();
    assertEquals(100, first.length());
    first.release();
    HeapStorage second = pool.take(DType.F32, 97);
    assertSame(array, second.array());
    assertEquals(97, second.length());
    assertEquals(new MemoryUse(1, 1, 112 * 4, 0), pool.use());
  }

  @Test
  void neverHandsOutTheSameTwice() {
    HeapStorage first = pool.take(DType.F32, 10);
    HeapStorage second = pool.take(DType.F32, 10);
    assertNotSame(first.array(), second.array());
    first.release();
    assertThrows(TensorException.class, first::release);
    HeapStorage third = pool.take(DType.F32, 10);
    assertNotSame(third.array(), pool.take(DType.F32, 10).array());
  }

  @Test
  void typesDoNotMix() {
    pool.take(DType.I32, 10).release();
    assertEquals(10, pool.take(DType.F32, 10).floats().length);
    pool.take(DType.F16, 10).release();
    assertEquals(1, pool.take(DType.BF16, 9).shorts().length / 10);
    assertEquals(0, pool.use().reusedAllocations());
  }

  @Test
  void countsWhatIsOnLoanAndWhatIsNot() {
    HeapStorage given = pool.take(DType.F64, 8);
    HeapStorage kept = pool.take(DType.F64, 8);
    assertEquals(128, pool.use().loanedBytes());
    given.release();
    kept.detach();
    assertEquals(new MemoryUse(2, 0, 0, 64), pool.use());
    kept.release();
    assertEquals(new MemoryUse(2, 0, 0, 64), pool.use());
    pool.clear();
    assertEquals(0, pool.use().pooledBytes());
  }

  @Test
  void givesUpWhatItHoldsWhereMemoryIsShort() {
    pool.take(DType.F64, 1000).release();
    assertTrue(pool.use().pooledBytes() > 0);
    // More than any heap of the tests: the retry fails as well, but the pool has been emptied.
    assertThrows(OutOfMemoryError.class, () -> pool.take(DType.F64, Integer.MAX_VALUE));
    assertEquals(new MemoryUse(1, 0, 0, 0), pool.use());
    pool.take(DType.F64, 1000).release();
    assertThrows(OutOfMemoryError.class, () -> pool.collected(DType.F64, Integer.MAX_VALUE));
    assertEquals(0, pool.use().pooledBytes());
  }

  @Test
  void aSomewhatLargerArrayServesWhereNoneFitsExactly() {
    HeapStorage large = pool.take(DType.F32, 28_000);
    Object array = large.array();
    large.release();
    HeapStorage smaller = pool.take(DType.F32, 20_000);
    assertSame(array, smaller.array());
    assertEquals(20_000, smaller.length());
    assertEquals(28_672 * 4, pool.use().loanedBytes());
    smaller.release();
    assertEquals(new MemoryUse(1, 1, 0, 28_672 * 4), pool.use());
    // More than half as large again is too much of a waste.
    assertNotSame(array, pool.take(DType.F32, 16_384).array());
  }

  @Test
  void aNewArrayReplacesOneThatIsSomewhatTooSmall() {
    pool.take(DType.F32, 20_000).release();
    pool.take(DType.F32, 28_000).release();
    assertEquals(new MemoryUse(2, 0, 0, 28_672 * 4), pool.use());
    pool.take(DType.F32, 100_000).release();
    assertEquals(new MemoryUse(3, 0, 0, (28_672 + 114_688) * 4), pool.use());
  }

  @Test
  void batchesOfAnyShapeHoldNotMuchMoreThanTheLargest() {
    int[] widths = {1, 3, 8, 3, 1, 1, 4, 2};
    int largest = 30_000;
    SplittableRandom random = new SplittableRandom(5);
    long held = 0;
    for (int step = 0; step < 1000; step++) {
      int rows = random.nextInt(largest / 2, largest + 1);
      List<HeapStorage> live = new ArrayList<>();
      for (int width : widths) {
        live.add(pool.take(DType.F32, rows * width));
      }
      live.forEach(HeapStorage::release);
      held = Math.max(held, pool.use().heldBytes());
    }
    long needed = 0;
    for (int width : widths) {
      needed += 4L * largest * width;
    }
    assertTrue(held <= 1.5 * needed, held + " bytes for " + needed);
    assertTrue(pool.use().freshAllocations() < 100, () -> pool.use().toString());
  }

  @Test
  void whatNobodyAsksForIsLetGo() {
    pool.take(DType.F64, 1000).release();
    pool.take(DType.F32, 10).release();
    for (int i = 0; i < HeapPool.PATIENCE + HeapPool.ROUND; i++) {
      pool.take(DType.F32, 10).release();
    }
    assertEquals(40, pool.use().pooledBytes());
    assertEquals(2, pool.use().freshAllocations());
  }

  @Test
  void capacitiesAreQuartersOfPowersOfTwo() {
    assertEquals(1, HeapPool.capacityFor(0));
    assertEquals(8, HeapPool.capacityFor(8));
    assertEquals(10, HeapPool.capacityFor(9));
    assertEquals(16, HeapPool.capacityFor(16));
    assertEquals(20, HeapPool.capacityFor(17));
    assertEquals(1 << 20, HeapPool.capacityFor((1 << 20) - 1));
    assertEquals(Integer.MAX_VALUE - 8, HeapPool.capacityFor(Integer.MAX_VALUE - 100));
    assertEquals(Integer.MAX_VALUE, HeapPool.capacityFor(Integer.MAX_VALUE));
    for (int length = 1; length < 5000; length++) {
      int capacity = HeapPool.capacityFor(length);
      assertTrue(capacity >= length && capacity <= length * 1.25 + 1, length + ": " + capacity);
      assertEquals(capacity, HeapPool.capacityFor(capacity));
    }
  }
}
