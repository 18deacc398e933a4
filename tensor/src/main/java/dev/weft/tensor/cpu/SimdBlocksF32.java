package dev.weft.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of F32 blocks with the Vector API, six rows at a time by as many vectors as the
 * registers hold the sums of: four of 512 bits, of which there are 32, or two of less, of which
 * there are 16. With so many sums an element of a is spread for every four multiplications, and its
 * range check costs nothing; with half as many it does, and is done without where the steps are
 * neighbours.
 */
final class SimdBlocksF32 implements BlockLoops<float[]> {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  static final int ROWS = 6;
  private static final float[] ZEROS = new float[4 * LANES];
  private static final boolean WIDE = SPECIES.vectorBitSize() >= 512;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int panel(int columns) {
    return WIDE && columns >= 4 * LANES ? 4 * LANES : Math.min(columns, 2 * LANES);
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
    float[] init = adds ? c : ZEROS;
    int initRow = adds ? columns : 0;
    for (int j = 0; j < columns; j += panel(columns - j)) {
      int vectors = panel(columns - j) / LANES;
      int panel = bAt + j * steps;
      for (int r = 0; r < rows; r += ROWS) {
        int from = aAt + r * aRow;
        int to = cAt + r * columns + j;
        int at = adds ? to : 0;
        if (vectors == 4) {
          tile4(
              steps, a, from, aRow, aStep, b, panel, 4 * LANES, init, at, initRow, c, to, columns);
        } else if (vectors == 1) {
          tile1(steps, a, from, aRow, aStep, b, panel, init, at, initRow, c, to, columns);
        } else if (aStep == 1) {
          tile2Dense(steps, a, from, aRow, b, panel, init, at, initRow, c, to, columns);
        } else {
          tile2(steps, a, from, aRow, aStep, b, panel, init, at, initRow, c, to, columns);
        }
      }
    }
  }

  @Override
  public int columnsOfRows() {
    return WIDE ? 4 * LANES : 0;
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
    for (int r = 0; r < rows; r += ROWS) {
      int from = aAt + r * aRow;
      for (int j = 0; j < columns; j += 4 * LANES) {
        int to = cAt + r * columns + j;
        tile4(steps, a, from, aRow, 1, b, bAt + j, bRow, ZEROS, 0, 0, c, to, columns);
      }
    }
  }

  /** Six rows by four vectors. */
  private static void tile4(
      int steps,
      float[] a,
      int a0,
      int aRow,
      int aStep,
      float[] b,
      int bAt,
      int bRow,
      float[] init,
      int initAt,
      int initRow,
      float[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector s02 = FloatVector.fromArray(SPECIES, init, initAt + 2 * LANES);
    FloatVector s03 = FloatVector.fromArray(SPECIES, init, initAt + 3 * LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initRow);
    FloatVector s11 = FloatVector.fromArray(SPECIES, init, initAt + initRow + LANES);
    FloatVector s12 = FloatVector.fromArray(SPECIES, init, initAt + initRow + 2 * LANES);
    FloatVector s13 = FloatVector.fromArray(SPECIES, init, initAt + initRow + 3 * LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    FloatVector s21 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow + LANES);
    FloatVector s22 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow + 2 * LANES);
    FloatVector s23 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow + 3 * LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    FloatVector s31 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow + LANES);
    FloatVector s32 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow + 2 * LANES);
    FloatVector s33 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow + 3 * LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    FloatVector s41 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow + LANES);
    FloatVector s42 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow + 2 * LANES);
    FloatVector s43 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow + 3 * LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    FloatVector s51 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow + LANES);
    FloatVector s52 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow + 2 * LANES);
    FloatVector s53 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow + 3 * LANES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * bRow;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, row + 3 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p * aStep]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      s03 = x.fma(b3, s03);
      x = FloatVector.broadcast(SPECIES, a[a1 + p * aStep]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      s13 = x.fma(b3, s13);
      x = FloatVector.broadcast(SPECIES, a[a2 + p * aStep]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      s23 = x.fma(b3, s23);
      x = FloatVector.broadcast(SPECIES, a[a3 + p * aStep]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      s33 = x.fma(b3, s33);
      x = FloatVector.broadcast(SPECIES, a[a4 + p * aStep]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      s42 = x.fma(b2, s42);
      s43 = x.fma(b3, s43);
      x = FloatVector.broadcast(SPECIES, a[a5 + p * aStep]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      s52 = x.fma(b2, s52);
      s53 = x.fma(b3, s53);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + LANES);
    s02.intoArray(c, cAt + 2 * LANES);
    s03.intoArray(c, cAt + 3 * LANES);
    s10.intoArray(c, cAt + cRow);
    s11.intoArray(c, cAt + cRow + LANES);
    s12.intoArray(c, cAt + cRow + 2 * LANES);
    s13.intoArray(c, cAt + cRow + 3 * LANES);
    s20.intoArray(c, cAt + 2 * cRow);
    s21.intoArray(c, cAt + 2 * cRow + LANES);
    s22.intoArray(c, cAt + 2 * cRow + 2 * LANES);
    s23.intoArray(c, cAt + 2 * cRow + 3 * LANES);
    s30.intoArray(c, cAt + 3 * cRow);
    s31.intoArray(c, cAt + 3 * cRow + LANES);
    s32.intoArray(c, cAt + 3 * cRow + 2 * LANES);
    s33.intoArray(c, cAt + 3 * cRow + 3 * LANES);
    s40.intoArray(c, cAt + 4 * cRow);
    s41.intoArray(c, cAt + 4 * cRow + LANES);
    s42.intoArray(c, cAt + 4 * cRow + 2 * LANES);
    s43.intoArray(c, cAt + 4 * cRow + 3 * LANES);
    s50.intoArray(c, cAt + 5 * cRow);
    s51.intoArray(c, cAt + 5 * cRow + LANES);
    s52.intoArray(c, cAt + 5 * cRow + 2 * LANES);
    s53.intoArray(c, cAt + 5 * cRow + 3 * LANES);
  }

  /** Six rows by two vectors; steps of a are neighbours: no range checks are left in the loop. */
  private static void tile2Dense(
      int steps,
      float[] a,
      int a0,
      int aRow,
      float[] b,
      int bAt,
      float[] init,
      int initAt,
      int initRow,
      float[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initRow);
    FloatVector s11 = FloatVector.fromArray(SPECIES, init, initAt + initRow + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    FloatVector s21 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    FloatVector s31 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    FloatVector s41 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    FloatVector s51 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow + LANES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * (2 * LANES);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = FloatVector.broadcast(SPECIES, a[a4 + p]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = FloatVector.broadcast(SPECIES, a[a5 + p]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + LANES);
    s10.intoArray(c, cAt + cRow);
    s11.intoArray(c, cAt + cRow + LANES);
    s20.intoArray(c, cAt + 2 * cRow);
    s21.intoArray(c, cAt + 2 * cRow + LANES);
    s30.intoArray(c, cAt + 3 * cRow);
    s31.intoArray(c, cAt + 3 * cRow + LANES);
    s40.intoArray(c, cAt + 4 * cRow);
    s41.intoArray(c, cAt + 4 * cRow + LANES);
    s50.intoArray(c, cAt + 5 * cRow);
    s51.intoArray(c, cAt + 5 * cRow + LANES);
  }

  /** Six rows by two vectors. */
  private static void tile2(
      int steps,
      float[] a,
      int a0,
      int aRow,
      int aStep,
      float[] b,
      int bAt,
      float[] init,
      int initAt,
      int initRow,
      float[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initRow);
    FloatVector s11 = FloatVector.fromArray(SPECIES, init, initAt + initRow + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    FloatVector s21 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    FloatVector s31 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    FloatVector s41 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    FloatVector s51 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow + LANES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * (2 * LANES);
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p * aStep]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(SPECIES, a[a1 + p * aStep]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(SPECIES, a[a2 + p * aStep]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(SPECIES, a[a3 + p * aStep]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = FloatVector.broadcast(SPECIES, a[a4 + p * aStep]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = FloatVector.broadcast(SPECIES, a[a5 + p * aStep]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + LANES);
    s10.intoArray(c, cAt + cRow);
    s11.intoArray(c, cAt + cRow + LANES);
    s20.intoArray(c, cAt + 2 * cRow);
    s21.intoArray(c, cAt + 2 * cRow + LANES);
    s30.intoArray(c, cAt + 3 * cRow);
    s31.intoArray(c, cAt + 3 * cRow + LANES);
    s40.intoArray(c, cAt + 4 * cRow);
    s41.intoArray(c, cAt + 4 * cRow + LANES);
    s50.intoArray(c, cAt + 5 * cRow);
    s51.intoArray(c, cAt + 5 * cRow + LANES);
  }

  /** Six rows by one vector. */
  private static void tile1(
      int steps,
      float[] a,
      int a0,
      int aRow,
      int aStep,
      float[] b,
      int bAt,
      float[] init,
      int initAt,
      int initRow,
      float[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initRow);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    FloatVector s40 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    FloatVector s50 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * LANES;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p * aStep]);
      s00 = x.fma(b0, s00);
      x = FloatVector.broadcast(SPECIES, a[a1 + p * aStep]);
      s10 = x.fma(b0, s10);
      x = FloatVector.broadcast(SPECIES, a[a2 + p * aStep]);
      s20 = x.fma(b0, s20);
      x = FloatVector.broadcast(SPECIES, a[a3 + p * aStep]);
      s30 = x.fma(b0, s30);
      x = FloatVector.broadcast(SPECIES, a[a4 + p * aStep]);
      s40 = x.fma(b0, s40);
      x = FloatVector.broadcast(SPECIES, a[a5 + p * aStep]);
      s50 = x.fma(b0, s50);
    }
    s00.intoArray(c, cAt);
    s10.intoArray(c, cAt + cRow);
    s20.intoArray(c, cAt + 2 * cRow);
    s30.intoArray(c, cAt + 3 * cRow);
    s40.intoArray(c, cAt + 4 * cRow);
    s50.intoArray(c, cAt + 5 * cRow);
  }
}
