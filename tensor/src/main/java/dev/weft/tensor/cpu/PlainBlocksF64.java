package dev.weft.tensor.cpu;

import java.util.Arrays;

/** Products of F64 blocks in plain Java: loops over columns, which the compiler vectorises. */
final class PlainBlocksF64 implements BlockLoops<double[]> {
  private static final int PANEL = 32;

  @Override
  public int lanes() {
    return 8;
  }

  @Override
  public int rows() {
    return 1;
  }

  @Override
  public int panel(int columns) {
    return Math.min(columns, PANEL);
  }

  @Override
  public void product(
      int rows,
      int columns,
      int steps,
      double[] a,
      int aAt,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] c,
      int cAt,
      boolean adds) {
    if (!adds) {
      Arrays.fill(c, cAt, cAt + rows * columns, 0);
    }
    for (int j = 0; j < columns; j += PANEL) {
      int width = panel(columns - j);
      for (int r = 0; r < rows; r++) {
        int to = cAt + r * columns + j;
        row(width, steps, a, aAt + r * aRow, aStep, b, bAt + j * steps, c, to);
      }
    }
  }

  /** Four steps at a time, so that c is loaded and stored a quarter as often. */
  private static void row(
      int width,
      int steps,
      double[] a,
      int aAt,
      int aStep,
      double[] b,
      int bAt,
      double[] c,
      int cAt) {
    int p = 0;
    for (; p <= steps - 4; p += 4) {
      double a0 = a[aAt + p * aStep];
      double a1 = a[aAt + (p + 1) * aStep];
      double a2 = a[aAt + (p + 2) * aStep];
      double a3 = a[aAt + (p + 3) * aStep];
      int b0 = bAt + p * width;
      int b1 = b0 + width;
      int b2 = b1 + width;
      int b3 = b2 + width;
      for (int j = 0; j < width; j++) {
        c[cAt + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
      }
    }
    for (; p < steps; p++) {
      double factor = a[aAt + p * aStep];
      int from = bAt + p * width;
      for (int j = 0; j < width; j++) {
        c[cAt + j] += factor * b[from + j];
      }
    }
  }
}
