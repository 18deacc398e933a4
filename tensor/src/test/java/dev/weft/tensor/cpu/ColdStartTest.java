package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.DType;
import dev.weft.tensor.UnaryOp;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scalar loops of a cold start give the vector loops' bits. */
class ColdStartTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    1e-39f,
    -86.98f,
    -87.33f,
    -104f,
    88.7f,
    89f,
    9.5f,
    -9.5f,
    13f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1f
  };

  private final SplittableRandom random = new SplittableRandom(11);

  @BeforeEach
  void start() {
    assumeTrue(CpuBackends.hasVectorModule(), "needs the Vector API");
    ColdStart.begin(1L << 31);
  }

  @AfterEach
  void end() {
    ColdStart.begin(0);
  }

  /** Numbers of all sizes that matter, the special ones among them. */
  private float[] wild(int n) {
    float[] x = numbers(n);
    for (int i = 0; i < n; i++) {
      x[i] = i % 7 == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : x[i] * 20;
    }
    return x;
  }

  private float[] numbers(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-2, 2);
    }
    return x;
  }

  private static int[] bits(float[] x) {
    int[] bits = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      bits[i] = Float.floatToIntBits(x[i]); // every NaN alike
    }
    return bits;
  }

  private static void assertSame(float[] expected, float[] actual) {
    assertArrayEquals(bits(expected), bits(actual));
  }

  @Test
  void lastsForSomeWork() {
    assertTrue(ColdStart.lasts(1 << 20));
    assertTrue(ColdStart.lasts(1L << 30));
    assertFalse(ColdStart.lasts(1L << 30));
    assertFalse(ColdStart.lasts(1));
  }

  @ParameterizedTest
  @EnumSource(names = {"TANH", "GELU", "GELU_TANH", "QUICK_GELU"})
  void activations(UnaryOp op) {
    float[] x = wild(5000);
    float[] expected = new float[x.length];
    float[] actual = new float[x.length];
    new SimdElementsF32().unary(op, x, 0, expected, 0, x.length);
    new ColdElementsF32().unary(op, x, 0, actual, 0, x.length);
    assertSame(expected, actual);
  }

  @ParameterizedTest
  @EnumSource(BinaryOp.class)
  void elements(BinaryOp op) {
    float[] a = wild(301);
    float[] b = wild(301);
    float[] expected = new float[301];
    float[] actual = new float[301];
    new SimdElementsF32().binary(op, a, 0, b, 0, expected, 0, 301);
    new ColdElementsF32().binary(op, a, 0, b, 0, actual, 0, 301);
    assertSame(expected, actual);
    new SimdElementsF32().scale(a, 1, 0.3, expected, 0, 300);
    new ColdElementsF32().scale(a, 1, 0.3, actual, 0, 300);
    assertSame(expected, actual);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 63, 64, 100, 768, 771})
  void rowsOfLayerNorm(int n) {
    float[] a = numbers(2 * n);
    float[] b = numbers(n);
    BiFunction<RowLoops<float[]>, FoldLoops<float[]>, float[]> norm =
        (rows, folds) -> {
          float[] out = new float[2 * n + 4];
          out[2 * n] = (float) rows.add(a, n, b, 0, out, 0, n);
          out[2 * n + 1] = (float) rows.sum(a, 0, n);
          out[2 * n + 2] = (float) folds.squaredDistance(a, 0, 0.07, n);
          out[2 * n + 3] = (float) rows.normalise(a, 0, 0.07, 1.3, b, 0, a, n, n, out, n, n);
          return out;
        };
    assertSame(
        norm.apply(new SimdRowsF32(), new SimdFoldsF32()),
        norm.apply(new ColdRowsF32(), new ColdFoldsF32()));
  }

  @Test
  void attentionScores() {
    int lanes = ColdLanes.LANES;
    for (int n = lanes; n <= 128; n += lanes) {
      float[] expected = wild(5 * n);
      for (int i = 0; i < n; i++) {
        expected[i] = Float.NEGATIVE_INFINITY;
      }
      float[] actual = expected.clone();
      double[] greatest = new double[5];
      double[] most = new double[5];
      new SimdScoresF32().greatest(expected, 5, n, greatest);
      new ColdScoresF32().greatest(actual, 5, n, most);
      assertArrayEquals(greatest, most);
      double[] shifts = {0, 40, 3.5, 1e30, -2};
      double[] sums = {0, 1, 2, 3, 4};
      double[] added = sums.clone();
      new SimdScoresF32().powers(expected, 5, n, shifts, sums);
      new ColdScoresF32().powers(actual, 5, n, shifts, added);
      assertSame(expected, actual);
      assertArrayEquals(sums, added);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 13})
  void blocks(int rows) {
    int lanes = ColdLanes.LANES;
    SimdBlocksF32 simd = new SimdBlocksF32();
    ColdBlocksF32 cold = new ColdBlocksF32();
    assertEquals(simd.lanes(), cold.lanes());
    assertEquals(simd.rows(), cold.rows());
    assertEquals(simd.columnsOfRows(), cold.columnsOfRows());
    for (int columns = lanes; columns <= 9 * lanes; columns += lanes) {
      assertEquals(simd.panel(columns), cold.panel(columns));
      int steps = 37;
      float[] a = numbers((rows + 6) * steps);
      float[] b = numbers(columns * steps);
      for (boolean adds : new boolean[] {false, true}) {
        float[] expected = numbers((rows + 6) * columns);
        float[] actual = expected.clone();
        simd.product(rows, columns, steps, a, 0, steps, 1, b, 0, expected, 0, adds);
        cold.product(rows, columns, steps, a, 0, steps, 1, b, 0, actual, 0, adds);
        assertSame(
            java.util.Arrays.copyOf(expected, rows * columns),
            java.util.Arrays.copyOf(actual, rows * columns));
      }
    }
  }

  @Test
  void tiles() {
    SimdGemmF32 simd = new SimdGemmF32();
    ColdGemmF32 cold = new ColdGemmF32();
    assertEquals(simd.rows(), cold.rows());
    assertEquals(simd.strip(), cold.strip());
    assertEquals(simd.columns(), cold.columns());
    assertEquals(simd.steps(), cold.steps());
    assertEquals(simd.apart(), cold.apart());
    assertEquals(simd.takesAnyStep(), cold.takesAnyStep());
    int width = simd.columns();
    for (int steps : new int[] {1, 3, 4, 130, 256}) {
      float[] a = numbers(3 * simd.apart());
      float[] b = numbers(width * steps);
      float[] bias = numbers(width);
      for (int rows = simd.strip(); rows <= simd.rows(); rows += simd.strip()) {
        float[] expected = numbers(12 * width);
        float[] actual = expected.clone();
        for (float[] init : new float[][] {bias, null}) {
          float[] from = init == null ? expected : init;
          int stride = init == null ? width : 0;
          simd.tile(rows, steps, a, 0, b, 0, width, from, 0, stride, expected, 0, width);
          from = init == null ? actual : init;
          cold.tile(rows, steps, a, 0, b, 0, width, from, 0, stride, actual, 0, width);
          assertSame(expected, actual);
        }
      }
    }
  }

  @Test
  void packing() {
    int width = new SimdGemmF32().columns();
    float[] source = numbers(200 * 70);
    for (int[] strides : new int[][] {{1, 200}, {70, 1}}) {
      float[] expected = new float[70 * 256];
      float[] actual = new float[70 * 256];
      int apart = width * 70;
      new SimdGemmF32().pack(source, 0, strides[0], 100, strides[1], 70, expected, 0, width, apart);
      new ColdGemmF32().pack(source, 0, strides[0], 100, strides[1], 70, actual, 0, width, apart);
      assertSame(expected, actual);
    }
  }

  @Test
  void comparisonsAndChoices() {
    float[] a = wild(300);
    float[] b = wild(300);
    byte[] expected = new byte[300];
    byte[] actual = new byte[300];
    for (CompareOp op : CompareOp.values()) {
      new SimdElementsF32().compare(op, a, 0, b, 0, expected, 0, 300);
      new ColdElementsF32().compare(op, a, 0, b, 0, actual, 0, 300);
      assertArrayEquals(expected, actual, op.toString());
    }
    float[] chosen = new float[300];
    float[] same = new float[300];
    new SimdElementsF32().select(expected, 0, a, 0, b, 0, chosen, 0, 300);
    new ColdElementsF32().select(expected, 0, a, 0, b, 0, same, 0, 300);
    assertSame(chosen, same);
  }

  @Test
  void halvesAreWidened() {
    short[] halves = new short[1 << 16];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (short) i;
    }
    for (DType dtype : List.of(DType.F16, DType.BF16)) {
      for (int stride : new int[] {1, 2}) {
        int length = halves.length / stride;
        float[] expected = new float[length];
        float[] actual = new float[length];
        new SimdGemmF32().widen(dtype, halves, 0, stride, length, expected, 0);
        new ColdGemmF32().widen(dtype, halves, 0, stride, length, actual, 0);
        assertSame(expected, actual);
      }
    }
  }
}
