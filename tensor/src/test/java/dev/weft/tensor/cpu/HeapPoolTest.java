package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.TensorException;
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
    assertEquals(new HeapPool.Stats(1, 1, 112 * 4, 0), pool.stats());
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
    assertEquals(0, pool.stats().reusedAllocations());
  }

  @Test
  void countsWhatIsOnLoanAndWhatIsNot() {
    HeapStorage given = pool.take(DType.F64, 8);
    HeapStorage kept = pool.take(DType.F64, 8);
    assertEquals(128, pool.stats().loanedBytes());
    given.release();
    kept.detach();
    assertEquals(new HeapPool.Stats(2, 0, 0, 64), pool.stats());
    kept.release();
    assertEquals(new HeapPool.Stats(2, 0, 0, 64), pool.stats());
    pool.clear();
    assertEquals(0, pool.stats().pooledBytes());
  }

  @Test
  void givesUpWhatItHoldsWhereMemoryIsShort() {
    pool.take(DType.F64, 1000).release();
    assertTrue(pool.stats().pooledBytes() > 0);
    // More than any heap of the tests: the retry fails as well, but the pool has been emptied.
    assertThrows(OutOfMemoryError.class, () -> pool.take(DType.F64, Integer.MAX_VALUE));
    assertEquals(new HeapPool.Stats(1, 0, 0, 0), pool.stats());
    pool.take(DType.F64, 1000).release();
    assertThrows(OutOfMemoryError.class, () -> pool.collected(DType.F64, Integer.MAX_VALUE));
    assertEquals(0, pool.stats().pooledBytes());
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
