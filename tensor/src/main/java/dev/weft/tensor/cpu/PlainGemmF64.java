package dev.weft.tensor.cpu;

/** The F64 tile in plain Java: each row is one loop over columns, which the compiler vectorises. */
final class PlainGemmF64 extends PackingF64 {
  private static final int ROWS = 4;
  private static final int COLUMNS = 32;
  private static final int STEPS = 256;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int strip() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int steps() {
    return STEPS;
  }

  @Override
  public boolean takesAnyStep() {
    return true;
  }

  @Override
  public int apart() {
    return ROWS * STEPS;
  }

  @Override
  public void tile(
      int rows,
      int steps,
      double[] a,
      int aAt,
      double[] b,
      int bAt,
      int bStep,
      double[] init,
      int initAt,
      int initStride,
      double[] c,
      int cAt,
      int cStride) {
    for (int row = 0; row < rows; row++) {
      int at = cAt + row * cStride;
      System.arraycopy(init, initAt + row * initStride, c, at, COLUMNS);
      addRow(steps, a, aAt + row, b, bAt, bStep, c, at);
    }
  }

  /** {@code c += a b} for one row of a. */
  private static void addRow(
      int steps, double[] a, int aAt, double[] b, int bAt, int bStep, double[] c, int cAt) {
    int p = 0;
    for (; p < steps - 3; p += 4) {
      addFour(a, aAt + p * ROWS, b, bAt + p * bStep, bStep, c, cAt);
    }
    for (; p < steps; p++) {
      double factor = a[aAt + p * ROWS];
      int from = bAt + p * bStep;
      for (int j = 0; j < COLUMNS; j++) {
        c[cAt + j] += factor * b[from + j];
      }
    }
  }

  /** Four steps at once, so that the sums are loaded and stored a quarter as often. */
  private static void addFour(
      double[] a, int aAt, double[] b, int bAt, int bStep, double[] c, int cAt) {
    double a0 = a[aAt];
    double a1 = a[aAt + ROWS];
    double a2 = a[aAt + 2 * ROWS];
    double a3 = a[aAt + 3 * ROWS];
    int b1 = bAt + bStep;
    int b2 = b1 + bStep;
    int b3 = b2 + bStep;
    for (int j = 0; j < COLUMNS; j++) {
      c[cAt + j] += a0 * b[bAt + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
    }
  }
}
