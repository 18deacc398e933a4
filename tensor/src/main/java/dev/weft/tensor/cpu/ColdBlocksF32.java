package dev.weft.tensor.cpu;

import java.util.Arrays;
import jdk.incubator.vector.VectorShape;

/** Products of F32 blocks while {@link ColdStart} lasts, then {@link SimdBlocksF32}. */
final class ColdBlocksF32 implements BlockLoops<float[]> {
  private static final int BITS = VectorShape.preferredShape().vectorBitSize();
  private static final int LANES = BITS / Float.SIZE;
  private static final boolean WIDE = BITS >= 512;

  /** Loaded when the first vector is wanted. */
  private static final class Warm {
    private static final SimdBlocksF32 LOOPS = new SimdBlocksF32();
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public int rows() {
    return SimdBlocksF32.ROWS;
  }

  @Override
  public int panel(int columns) {
    return WIDE && columns >= 4 * LANES ? 4 * LANES : Math.min(columns, 2 * LANES);
  }

  @Override
  public int columnsOfRows() {
    return WIDE ? 4 * LANES : 0;
  }

  @Override
  public void product(
      int rows,
      int columns,
      int steps,
      float[] a,
      int aAt,
      int aRow,
      int aStep,
      float[] b,
      int bAt,
      float[] c,
      int cAt,
      boolean adds) {
    if (!ColdStart.lasts((long) rows * columns * steps)) {
      Warm.LOOPS.product(rows, columns, steps, a, aAt, aRow, aStep, b, bAt, c, cAt, adds);
      return;
    }
    for (int j = 0; j < columns; j += panel(columns - j)) {
      int width = panel(columns - j);
      for (int row = 0; row < rows; row++) {
        int to = cAt + row * columns + j;
        if (!adds) {
          Arrays.fill(c, to, to + width, 0);
        }
        for (int p = 0; p < steps; p++) {
          float factor = a[aAt + row * aRow + p * aStep];
          add(factor, b, bAt + j * steps + p * width, c, to, width);
        }
      }
    }
  }

  private static void add(float factor, float[] b, int bAt, float[] c, int cAt, int n) {
    for (int i = 0; i < n; i++) {
      c[cAt + i] = Math.fma(factor, b[bAt + i], c[cAt + i]);
    }
  }

  @Override
  public void productOfRows(
      int rows,
      int columns,
      int steps,
      float[] a,
      int aAt,
      int aRow,
      float[] b,
      int bAt,
      int bRow,
      float[] c,
      int cAt) {
    Warm.LOOPS.productOfRows(rows, columns, steps, a, aAt, aRow, b, bAt, bRow, c, cAt);
  }
}
