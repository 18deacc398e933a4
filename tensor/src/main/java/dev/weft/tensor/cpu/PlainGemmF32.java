package dev.weft.tensor.cpu;

/** The F32 tile in plain Java: each row is one loop over columns, which the compiler vectorises. */
final class PlainGemmF32 extends PackingF32 {
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
  public void tile(
      int k,
      float[] a,
      int aAt,
      int aRowStride,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(init, initAt + row * initStride, c, cAt + row * cStride, COLUMNS);
    }
    int p = 0;
    for (; p < k - 3; p += 4) {
      for (int row = 0; row < ROWS; row++) {
        fourSteps(
            a,
            aAt + p * aStep + row * aRowStride,
            aStep,
            b,
            bAt + p * bStep,
            bStep,
            c,
            cAt + row * cStride);
      }
    }
    for (; p < k; p++) {
      for (int row = 0; row < ROWS; row++) {
        step(a[aAt + p * aStep + row * aRowStride], b, bAt + p * bStep, c, cAt + row * cStride);
      }
    }
  }

  /**
   * Four steps of the inner dimension at once, so that c is loaded and stored a quarter as often.
   */
  private static void fourSteps(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] c, int cAt) {
    float a0 = a[aAt];
    float a1 = a[aAt + aStep];
    float a2 = a[aAt + 2 * aStep];
    float a3 = a[aAt + 3 * aStep];
    for (int j = 0; j < COLUMNS; j++) {
      c[cAt + j] +=
          a0 * b[bAt + j]
              + a1 * b[bAt + bStep + j]
              + a2 * b[bAt + 2 * bStep + j]
              + a3 * b[bAt + 3 * bStep + j];
    }
  }

  private static void step(float factor, float[] b, int bAt, float[] c, int cAt) {
    for (int j = 0; j < COLUMNS; j++) {
      c[cAt + j] += factor * b[bAt + j];
    }
  }
}
