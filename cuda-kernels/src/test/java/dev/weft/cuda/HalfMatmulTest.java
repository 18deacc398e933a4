package dev.weft.cuda;

import static dev.weft.cuda.OnMachine.exact;
import static dev.weft.cuda.OnMachine.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Counters;
import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.UnaryOp;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Products of operands in half precision beside double precision, whichever way the operands lie,
 * and what they ask of memory.
 */
class HalfMatmulTest {
  private static final double ROUNDOFF = 0x1p-24;

  private static float rounded(DType type, float x) {
    return type == DType.F16
        ? Float.float16ToFloat(Float.floatToFloat16(x))
        : Float.intBitsToFloat(Float.floatToRawIntBits(x) & 0xffff0000);
  }

  private static short bits(DType type, float x) {
    return type == DType.F16
        ? Float.floatToFloat16(x)
        : (short) (Float.floatToRawIntBits(x) >>> 16);
  }

  private static float number(DType type, short bits) {
    return type == DType.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }

  private static Tensor put(OnMachine on, DType type, float[] numbers, int... dims) {
    short[] words = new short[numbers.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = bits(type, numbers[i]);
    }
    Tensor tensor = Tensor.over(on.memory.take(type, words.length), Shape.of(dims), 0);
    on.gpu.upload(MemorySegment.ofArray(words), CudaStorage.address(tensor));
    return tensor;
  }

  private static double[] download(OnMachine on, Tensor tensor) {
    double[] numbers = new double[tensor.numel()];
    if (tensor.dtype() == DType.F32) {
      float[] floats = on.floats(tensor);
      Arrays.setAll(numbers, i -> floats[i]);
      return numbers;
    }
    short[] words = new short[tensor.numel()];
    on.gpu.download(CudaStorage.address(tensor), MemorySegment.ofArray(words));
    Arrays.setAll(numbers, i -> number(tensor.dtype(), words[i]));
    return numbers;
  }

  /** One product of the numbers that a type holds exactly: only sums and the result are rounded. */
  private record Case(
      DType type, DType stored, int m, int n, int k, boolean turnsA, boolean turnsB) {
    void check(OnMachine on, UnaryOp activation) {
      // Rows of 8 numbers at least, of which the operand may have fewer.
      int[] aDims = turnsA ? new int[] {2, k, wide(m)} : new int[] {2, m, wide(k)};
      int[] bDims = turnsB ? new int[] {1, n, wide(k)} : new int[] {1, k, wide(n)};
      float[] a = numbers(on, aDims);
      float[] b = numbers(on, bDims);
      float[] bias = on.normal(n);
      Tensor out = Tensor.over(on.memory.take(stored, 2 * m * n), Shape.of(2, m, n), 0);
      ProductLayout layout =
          ProductLayout.of(left(put(on, type, a, aDims)), right(put(on, type, b, bDims)), out);
      HalfMatmul matmul = new HalfMatmul(on.gpu, on.memory);
      assertTrue(matmul.takes(layout), toString());
      matmul.multiply(layout, new MatmulTail(0.5, on.put(bias, n), activation));
      Tensor expected = result(2, m, n);
      new ReferenceBackend()
          .matmul(
              left(exact(a, aDims)),
              right(exact(b, bDims)),
              new MatmulTail(0.5, exact(bias, n), activation),
              expected);
      double roundoff = stored == DType.F32 ? 8 * ROUNDOFF : stored == DType.F16 ? 0x1p-11 : 0x1p-8;
      double[] wanted = expected.toDoubles();
      double[] actual = download(on, out);
      for (int i = 0; i < wanted.length; i++) {
        double bound =
            Math.max(roundoff, Math.sqrt(k) * ROUNDOFF) * Math.max(1, Math.abs(wanted[i]));
        assertEquals(wanted[i], actual[i], 2 * bound, this + " at " + i);
      }
    }

    private static int wide(int numbers) {
      return (numbers + 7) / 8 * 8;
    }

    private float[] numbers(OnMachine on, int[] dims) {
      float[] numbers = on.normal(Shape.of(dims).numel());
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = rounded(type, numbers[i]);
      }
      return numbers;
    }

    private Tensor left(Tensor x) {
      return (turnsA ? x.transpose(-1, -2) : x).slice(-2, 0, m).slice(-1, 0, k);
    }

    private Tensor right(Tensor x) {
      Tensor cut = (turnsB ? x.transpose(-1, -2) : x).slice(-2, 0, k).slice(-1, 0, n);
      return cut.expand(Shape.of(2, k, n));
    }
  }

  private static void checkAllWays(DType type, DType result, int m, int n, int k) {
    OnMachine on = new OnMachine(80);
    for (int way = 0; way < 4; way++) {
      UnaryOp activation = way == 1 ? UnaryOp.GELU : null;
      new Case(type, result, m, n, k, (way & 1) != 0, (way & 2) != 0).check(on, activation);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void edgesOfTilesWhicheverWayOperandsLie(DType type) {
    checkAllWays(type, DType.F32, 70, 66, 45);
    checkAllWays(type, type, 9, 40, 136);
  }

  /** Enough columns for wide tiles on a device of one multiprocessor. */
  @Test
  void wideTiles() {
    checkAllWays(DType.BF16, DType.F32, 130, 257, 40);
  }

  @Test
  void newDevicesComputeTheSame() {
    new Case(DType.BF16, DType.BF16, 10, 24, 40, false, true).check(new OnMachine(90), null);
  }

  @Test
  void oldDevicesAndCrookedRowsAreLeftToOthers() {
    for (int capability : new int[] {75, 80}) {
      OnMachine on = new OnMachine(capability);
      int k = capability == 80 ? 12 : 16;
      Tensor a = put(on, DType.BF16, new float[4 * k], 4, k);
      ProductLayout layout = ProductLayout.of(a, a.transpose(0, 1), on.empty(4, 4));
      assertFalse(new HalfMatmul(on.gpu, on.memory).takes(layout));
    }
  }

  // ---- Planted defects -----------------------------------------------------------------------

  private static void assertFault(String expected, String from, String to) {
    OnMachine on =
        OnMachine.changing(
            "matmul_half",
            text -> {
              assertTrue(text.contains(from), from);
              return text.replace(from, to);
            });
    Case product = new Case(DType.BF16, DType.F32, 16, 16, 200, false, true);
    CudaException fault = assertThrows(CudaException.class, () -> product.check(on, null));
    assertTrue(fault.getMessage().contains(expected), fault.getMessage());
  }

  @Test
  void aPanelThatIsNotWaitedFor() {
    assertFault("never written", "cp.async.wait_group 2;", "cp.async.wait_group 3;");
  }

  @Test
  void aBarrierThatIsLeftOut() {
    assertFault("race", "bar.sync \t0;", "");
  }

  // ---- What it asks of memory ----------------------------------------------------------------

  private static final int SIZE = 128;

  private static Counters counters(boolean turnsA, boolean turnsB) {
    Counters counters = new Counters(true);
    OnMachine on = OnMachine.counting(counters);
    Tensor a = put(on, DType.BF16, new float[SIZE * SIZE], SIZE, SIZE);
    ProductLayout layout =
        ProductLayout.of(
            turnsA ? a.transpose(0, 1) : a, turnsB ? a.transpose(0, 1) : a, on.empty(SIZE, SIZE));
    new HalfMatmul(on.gpu, on.memory).multiply(layout, MatmulTail.NONE);
    return counters;
  }

  @Test
  void operandsAreReadOnceAndNoBankIsWaitedFor() {
    long sectors = SIZE * SIZE / 32 * (2 + 2 + 4);
    for (int way = 0; way < 4; way++) {
      Counters counters = counters((way & 1) != 0, (way & 2) != 0);
      assertEquals(sectors, counters.globalSectors(), "both operands once, and the result");
      assertEquals(0, counters.bankConflicts(), "way " + way + ": " + counters);
    }
  }
}
