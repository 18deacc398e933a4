package dev.weft.cuda;

import static dev.weft.cuda.OnMachine.exact;
import static dev.weft.cuda.OnMachine.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the contract does not reach of the matrix products: large tiles, tensor cores, the plain
 * kernel, and what each rung of the ladder saves.
 */
class MatmulLadderTest {
  private static final double ROUNDOFF = 0x1p-24;
  private static final double TF32 = 0x1p-11;
  private static final double BF16 = 0x1p-8;

  private final ReferenceBackend reference = new ReferenceBackend();

  private static void assertClose(Tensor expected, float[] actual, double tolerance, String what) {
    double[] wanted = expected.toDoubles();
    assertEquals(wanted.length, actual.length);
    for (int i = 0; i < wanted.length; i++) {
      double bound = tolerance * Math.max(1, Math.abs(wanted[i]));
      assertEquals(wanted[i], actual[i], bound, what + " at " + i);
    }
  }

  /** Operands [batch, m, k] and [batch, k, n], each row-major or the other way. */
  private void check(OnMachine on, MatmulPrecision precision, double roundoff, int... size) {
    int m = size[0];
    int n = size[1];
    int k = size[2];
    MatmulTail tail = new MatmulTail(0.5, null, UnaryOp.QUICK_GELU);
    CudaMatmul matmul = new CudaMatmul(on.gpu, on.memory);
    for (int way = 0; way < 4; way++) {
      boolean turnsA = (way & 1) != 0;
      boolean turnsB = (way & 2) != 0;
      int[] aDims = turnsA ? new int[] {2, k, m} : new int[] {2, m, k};
      int[] bDims = turnsB ? new int[] {1, n, k} : new int[] {1, k, n};
      float[] a = on.normal(2 * m * k);
      float[] b = on.normal(k * n);
      float[] bias = on.normal(n);
      Tensor out = on.empty(2, m, n);
      MatmulTail own = new MatmulTail(0.5, on.put(bias, n), tail.activation());
      matmul.matmul(
          precision,
          turned(on.put(a, aDims), turnsA),
          turned(on.put(b, bDims), turnsB).expand(Shape.of(2, k, n)),
          own,
          out);
      Tensor expected = result(2, m, n);
      reference.matmul(
          turned(exact(a, aDims), turnsA),
          turned(exact(b, bDims), turnsB).expand(Shape.of(2, k, n)),
          new MatmulTail(0.5, exact(bias, n), tail.activation()),
          expected);
      String what = precision + " " + Arrays.toString(size) + " way " + way;
      assertClose(expected, on.floats(out), (4 + 2 * Math.sqrt(k)) * roundoff, what);
    }
  }

  private static Tensor turned(Tensor x, boolean turns) {
    return turns ? x.transpose(-1, -2) : x;
  }

  @Test
  void largeTiles() {
    check(new OnMachine(80), MatmulPrecision.FLOAT32, 4 * ROUNDOFF, 132, 136, 36);
  }

  /** TF32 keeps 11 digits of a factor, BF16 keeps 8; an older device computes in F32. */
  @ParameterizedTest
  @ValueSource(ints = {75, 80})
  void tensorCores(int capability) {
    for (int[] size : new int[][] {{1, 1, 1}, {5, 7, 3}, {70, 65, 50}}) {
      boolean old = capability < 80;
      check(new OnMachine(capability), MatmulPrecision.TF32, old ? 4 * ROUNDOFF : TF32, size);
      check(new OnMachine(capability), MatmulPrecision.BF16, old ? 4 * ROUNDOFF : BF16, size);
    }
  }

  /** From 64 on along each axis, in rows that are no multiple of 16 bytes. */
  @Test
  void factorsOfF32AreRoundedInMemory() {
    check(new OnMachine(80), MatmulPrecision.BF16, BF16, 66, 65, 70);
  }

  @Test
  void halfPrecisionOnTensorCores() {
    OnMachine on = new OnMachine(80);
    int m = 9;
    int n = 20;
    int k = 40;
    float[] a = on.normal(m * k);
    short[] bits = new short[n * k];
    for (DType half : new DType[] {DType.F16, DType.BF16}) {
      float[] b = on.normal(n * k);
      for (int i = 0; i < b.length; i++) {
        short f16 = Float.floatToFloat16(b[i]);
        short bf16 = (short) (Float.floatToRawIntBits(b[i]) >>> 16);
        bits[i] = half == DType.F16 ? f16 : bf16;
        b[i] = half == DType.F16 ? Float.float16ToFloat(f16) : Float.intBitsToFloat(bf16 << 16);
      }
      Tensor weight = Tensor.over(on.memory.take(half, n * k), Shape.of(n, k), 0);
      on.gpu.upload(MemorySegment.ofArray(bits), CudaStorage.address(weight));
      Tensor expected = result(m, n);
      reference.matmul(exact(a, m, k), exact(b, n, k).transpose(0, 1), MatmulTail.NONE, expected);
      for (MatmulPrecision precision : MatmulPrecision.values()) {
        Tensor out = on.empty(m, n);
        new CudaMatmul(on.gpu, on.memory)
            .matmul(precision, on.put(a, m, k), weight.transpose(0, 1), MatmulTail.NONE, out);
        double roundoff = precision == MatmulPrecision.BF16 ? BF16 : TF32;
        assertClose(expected, on.floats(out), 16 * roundoff, half + " as " + precision);
      }
    }
  }

  // ---- What each rung saves ------------------------------------------------------------------

  private static final int SIZE = 128;

  private Counters counters(String module, String kernel, Dim3 grid, Dim3 threads) {
    Card card = Card.of(module, 80);
    float[] ones = new float[SIZE * SIZE];
    Arrays.fill(ones, 1);
    long a = card.put(ones);
    long b = card.put(ones);
    long out = card.empty(SIZE * SIZE);
    Arguments arguments = new Arguments();
    if (kernel.equals("matmul_plain")) {
      arguments.add(a).add(b).add(out).add(SIZE).add(SIZE).add(SIZE);
    } else {
      arguments.add(Card.product(a, b, out, SIZE, SIZE, SIZE));
    }
    card.launch(kernel, grid, threads, arguments);
    for (float value : card.floats(out, SIZE * SIZE)) {
      assertEquals(SIZE, value);
    }
    return card.counters();
  }

  @Test
  void eachRungReadsLessAndHasNoBankConflicts() {
    Dim3 square = new Dim3(16, 16, 1);
    Counters plain = counters("matmul", "matmul_plain", new Dim3(8, 8, 1), square);
    Counters tiled = counters("matmul", "matmul_f32", Dim3.of(4), square);
    Counters wide = counters("matmul", "matmul_wide_nn", Dim3.of(1), square);
    Counters tensor = counters("matmul_tensor", "matmul_bf16", Dim3.of(4), Dim3.of(128));
    long matrix = 4L * SIZE * SIZE / 32;
    assertTrue(plain.globalSectors() > 100 * matrix, plain.toString());
    assertEquals(5 * matrix, tiled.globalSectors(), "each operand twice, and the result");
    assertEquals(3 * matrix, wide.globalSectors(), "each operand once, and the result");
    assertEquals(7 * matrix, tensor.globalSectors(), "a word of A is two reads of one sector");
    assertTrue(2 * wide.sharedRequests() < tiled.sharedRequests(), "twice the sums a number");
  }
}
