package dev.weft.tensor.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of F64 blocks with the Vector API, six rows at a time by as many vectors as the
 * registers hold the sums of: four of 512 bits, of which there are 32, or two of less, of which
 * there are 16. With so many sums an element of a is spread for every four multiplications, and its
 * range check costs nothing; with half as many it does, and is done without where the steps are
 * neighbours.
 */
final class SimdBlocksF64 implements BlockLoops<double[]> {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 6;
  private static final double[] ZEROS = new double[4 * LANES];
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
      double[] a,
      int aAt,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] c,
      int cAt,
      boolean adds) {
    double[] init = adds ? c : ZEROS;
    int initRow = adds ? columns : 0;
    for (int j = 0; j < columns; j += panel(columns - j)) {
      int vectors = panel(columns - j) / LANES;
      int panel = bAt + j * steps;
      for (int r = 0; r < rows; r += ROWS) {
        int from = aAt + r * aRow;
        int to = cAt + r * columns + j;
        int at = adds ? to : 0;
        if (vectors == 4) {
          tile4(steps, a, from, aRow, aStep, b, panel, init, at, initRow, c, to, columns);
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

  /** Six rows by four vectors. */
  private static void tile4(
      int steps,
      double[] a,
      int a0,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] init,
      int initAt,
      int initRow,
      double[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, init, initAt);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, init, initAt + LANES);
    DoubleVector s02 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * LANES);
    DoubleVector s03 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, init, initAt + initRow);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, init, initAt + initRow + LANES);
    DoubleVector s12 = DoubleVector.fromArray(SPECIES, init, initAt + initRow + 2 * LANES);
    DoubleVector s13 = DoubleVector.fromArray(SPECIES, init, initAt + initRow + 3 * LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow + LANES);
    DoubleVector s22 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow + 2 * LANES);
    DoubleVector s23 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow + 3 * LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow + LANES);
    DoubleVector s32 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow + 2 * LANES);
    DoubleVector s33 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow + 3 * LANES);
    DoubleVector s40 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    DoubleVector s41 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow + LANES);
    DoubleVector s42 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow + 2 * LANES);
    DoubleVector s43 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow + 3 * LANES);
    DoubleVector s50 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    DoubleVector s51 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow + LANES);
    DoubleVector s52 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow + 2 * LANES);
    DoubleVector s53 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow + 3 * LANES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * (4 * LANES);
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, row + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, row + 2 * LANES);
      DoubleVector b3 = DoubleVector.fromArray(SPECIES, b, row + 3 * LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p * aStep]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      s03 = x.fma(b3, s03);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p * aStep]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      s13 = x.fma(b3, s13);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p * aStep]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      s23 = x.fma(b3, s23);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p * aStep]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      s33 = x.fma(b3, s33);
      x = DoubleVector.broadcast(SPECIES, a[a4 + p * aStep]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      s42 = x.fma(b2, s42);
      s43 = x.fma(b3, s43);
      x = DoubleVector.broadcast(SPECIES, a[a5 + p * aStep]);
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
      double[] a,
      int a0,
      int aRow,
      double[] b,
      int bAt,
      double[] init,
      int initAt,
      int initRow,
      double[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, init, initAt);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, init, initAt + LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, init, initAt + initRow);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, init, initAt + initRow + LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow + LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow + LANES);
    DoubleVector s40 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    DoubleVector s41 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow + LANES);
    DoubleVector s50 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    DoubleVector s51 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow + LANES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * (2 * LANES);
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, row + LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = DoubleVector.broadcast(SPECIES, a[a4 + p]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = DoubleVector.broadcast(SPECIES, a[a5 + p]);
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
      double[] a,
      int a0,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] init,
      int initAt,
      int initRow,
      double[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, init, initAt);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, init, initAt + LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, init, initAt + initRow);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, init, initAt + initRow + LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow + LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow + LANES);
    DoubleVector s40 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    DoubleVector s41 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow + LANES);
    DoubleVector s50 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    DoubleVector s51 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow + LANES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * (2 * LANES);
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, row + LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p * aStep]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p * aStep]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p * aStep]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p * aStep]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = DoubleVector.broadcast(SPECIES, a[a4 + p * aStep]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = DoubleVector.broadcast(SPECIES, a[a5 + p * aStep]);
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
      double[] a,
      int a0,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] init,
      int initAt,
      int initRow,
      double[] c,
      int cAt,
      int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    int a4 = a3 + aRow;
    int a5 = a4 + aRow;
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, init, initAt);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, init, initAt + initRow);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initRow);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initRow);
    DoubleVector s40 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initRow);
    DoubleVector s50 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initRow);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * LANES;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p * aStep]);
      s00 = x.fma(b0, s00);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p * aStep]);
      s10 = x.fma(b0, s10);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p * aStep]);
      s20 = x.fma(b0, s20);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p * aStep]);
      s30 = x.fma(b0, s30);
      x = DoubleVector.broadcast(SPECIES, a[a4 + p * aStep]);
      s40 = x.fma(b0, s40);
      x = DoubleVector.broadcast(SPECIES, a[a5 + p * aStep]);
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
