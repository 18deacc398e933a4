package dev.weft.tensor.cpu;

import java.util.Arrays;

/** The F64 tile in plain Java: each row is one loop over columns, which the compiler vectorises. */
final class PlainGemmF64 extends PackingF64 {
  private static final int ROWS = 4;
  private static final int COLUMNS = 32;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void tile(int rows, int steps, double[] a, int aAt, double[] b, int bAt, double[] sums) {
    Arrays.fill(sums, 0, rows * COLUMNS, 0);
    for (int row = 0; row < rows; row++) {
      addRow(steps, a, aAt + row, b, bAt, sums, row * COLUMNS);
    }
  }

  /** {@code sums += a b} for one row of a. */
  private static void addRow(
      int steps, double[] a, int aAt, double[] b, int bAt, double[] sums, int sumsAt) {
    int p = 0;
    for (; p < steps - 3; p += 4) {
      addFour(a, aAt + p * ROWS, b, bAt + p * COLUMNS, sums, sumsAt);
    }
    for (; p < steps; p++) {
      double factor = a[aAt + p * ROWS];
      for (int j = 0; j < COLUMNS; j++) {
        sums[sumsAt + j] += factor * b[bAt + p * COLUMNS + j];
      }
    }
  }

  /** Four steps at once, so that the sums are loaded and stored a quarter as often. */
  private static void addFour(double[] a, int aAt, double[] b, int bAt, double[] sums, int sumsAt) {
    double a0 = a[aAt];
    double a1 = a[aAt + ROWS];
    double a2 = a[aAt + 2 * ROWS];
    double a3 = a[aAt + 3 * ROWS];
    for (int j = 0; j < COLUMNS; j++) {
      sums[sumsAt + j] +=
          a0 * b[bAt + j]
              + a1 * b[bAt + COLUMNS + j]
              + a2 * b[bAt + 2 * COLUMNS + j]
              + a3 * b[bAt + 3 * COLUMNS + j];
    }
  }

  @Override
  public void store(
      double[] sums,
      int rows,
      int columns,
      double scale,
      double[] init,
      int initAt,
      int initStride,
      double[] c,
      int cAt,
      int cStride) {
    double factor = scale;
    for (int r = 0; r < rows; r++) {
      int from = initAt + r * initStride;
      int to = cAt + r * cStride;
      for (int j = 0; j < columns; j++) {
        c[to + j] = factor * sums[r * COLUMNS + j] + init[from + j];
      }
    }
  }
}
