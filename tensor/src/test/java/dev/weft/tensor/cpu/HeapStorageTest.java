package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeapStorageTest {

  private static double through(DType dtype, double value) {
    HeapStorage storage = HeapStorage.collected(dtype, 1);
    storage.set(0, value);
    return storage.get(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void halfPrecisionIsTheNearestOfTheDouble(DType dtype) {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      int exponent =
          random.nextInt(dtype == DType.F16 ? 40 : 200) - (dtype == DType.F16 ? 25 : 100);
      double value = Math.scalb(random.nextDouble() * 2 - 1, exponent);
      if (i % 2 == 0) {
        // Close to a tie, at a distance that a float does not hold.
        short bits = (short) random.nextInt(0x7000);
        double low = decoded(dtype, bits);
        double tie = (low + decoded(dtype, (short) (bits + 1))) / 2;
        value = tie * (1 + (random.nextInt(3) - 1) * 0x1p-50);
      }
      assertNearest(dtype, value);
    }
  }

  private static double decoded(DType dtype, short bits) {
    return dtype == DType.F16 ? Float.float16ToFloat(bits) : BFloat16.toFloat(bits);
  }

  /** No neighbour of the stored number is closer; of two as close, the even one was stored. */
  private static void assertNearest(DType dtype, double value) {
    HeapStorage storage = HeapStorage.collected(dtype, 1);
    storage.set(0, value);
    short bits = storage.shorts()[0];
    for (int step = -1; step <= 1; step += 2) {
      double neighbour = decoded(dtype, (short) (bits + step));
      if (Double.isFinite(neighbour) && Double.isFinite(storage.get(0))) {
        int closer = distance(neighbour, value).compareTo(distance(storage.get(0), value));
        String message = dtype + " of " + value + " is " + storage.get(0) + ", not " + neighbour;
        assertTrue(closer > 0 || (closer == 0 && (bits & 1) == 0), message);
      }
    }
  }

  private static BigDecimal distance(double a, double b) {
    return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
  }

  @Test
  void halfPrecisionHasItsEnds() {
    assertEquals(65504, through(DType.F16, 65519.99));
    assertEquals(Double.POSITIVE_INFINITY, through(DType.F16, 65520));
    assertEquals(Double.NEGATIVE_INFINITY, through(DType.F16, -1e300));
    assertEquals(Double.POSITIVE_INFINITY, through(DType.BF16, 1e300));
    assertEquals(Double.POSITIVE_INFINITY, through(DType.BF16, Float.MAX_VALUE));
    assertEquals(Double.NaN, through(DType.F16, Double.NaN));
    assertEquals(Double.NaN, through(DType.BF16, Double.NaN));
    assertEquals(
        Double.NaN, BFloat16.toFloat(BFloat16.fromFloat(Float.intBitsToFloat(0x7F800001))));
    assertEquals(0x1p-24, through(DType.F16, 0x1p-24));
    assertEquals(0.0, through(DType.F16, 0x1p-25));
    assertEquals(-0.0, through(DType.BF16, -0.0));
  }

  @Test
  void integersTruncate() {
    assertEquals(-1, through(DType.I32, -1.9));
    assertEquals(255, through(DType.U8, 255.5));
    assertEquals(1, through(DType.BOOL, 0.1));
    assertEquals(0, through(DType.BOOL, -0.0));
  }

  @Test
  void longsAreExact() {
    HeapStorage storage = HeapStorage.collected(DType.I64, 1);
    storage.setLong(0, Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE, storage.getLong(0));
  }
}
