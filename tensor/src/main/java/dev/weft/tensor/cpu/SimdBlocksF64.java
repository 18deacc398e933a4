package dev.weft.tensor.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of F64 blocks with the Vector API, four rows at a time by as many vectors as the
 * registers hold the sums of: four of 512 bits, of which there are 32, or two of less, of which
 * there are 16. One element of a is loaded and spread for every two or four multiplications of a
 * vector, and may lie anywhere: its range check costs less than packing it would.
 */
final class SimdBlocksF64 extends BlockCopiesF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final boolean WIDE = SPECIES.vectorBitSize() >= 512;

  @Override
  public int lanes() {
    return LANES;
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
    int j = 0;
    for (; WIDE && j <= columns - 4 * LANES; j += 4 * LANES) {
      for (int r = 0; r < rows; r += ROWS) {
        int at = aAt + r * aRow;
        tile4(columns, steps, a, at, aRow, aStep, b, bAt + j, c, cAt + r * columns + j, adds);
      }
    }
    for (; j <= columns - 2 * LANES; j += 2 * LANES) {
      for (int r = 0; r < rows; r += ROWS) {
        int at = aAt + r * aRow;
        tile2(columns, steps, a, at, aRow, aStep, b, bAt + j, c, cAt + r * columns + j, adds);
      }
    }
    for (; j < columns; j += LANES) {
      for (int r = 0; r < rows; r += ROWS) {
        int at = aAt + r * aRow;
        tile1(columns, steps, a, at, aRow, aStep, b, bAt + j, c, cAt + r * columns + j, adds);
      }
    }
  }

  /** Four rows by four vectors. */
  private static void tile4(
      int columns,
      int steps,
      double[] a,
      int a0,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] c,
      int cAt,
      boolean adds) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    DoubleVector c00 = DoubleVector.zero(SPECIES);
    DoubleVector c01 = DoubleVector.zero(SPECIES);
    DoubleVector c02 = DoubleVector.zero(SPECIES);
    DoubleVector c03 = DoubleVector.zero(SPECIES);
    DoubleVector c10 = DoubleVector.zero(SPECIES);
    DoubleVector c11 = DoubleVector.zero(SPECIES);
    DoubleVector c12 = DoubleVector.zero(SPECIES);
    DoubleVector c13 = DoubleVector.zero(SPECIES);
    DoubleVector c20 = DoubleVector.zero(SPECIES);
    DoubleVector c21 = DoubleVector.zero(SPECIES);
    DoubleVector c22 = DoubleVector.zero(SPECIES);
    DoubleVector c23 = DoubleVector.zero(SPECIES);
    DoubleVector c30 = DoubleVector.zero(SPECIES);
    DoubleVector c31 = DoubleVector.zero(SPECIES);
    DoubleVector c32 = DoubleVector.zero(SPECIES);
    DoubleVector c33 = DoubleVector.zero(SPECIES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * columns;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, row + LANES);
      DoubleVector b2 = DoubleVector.fromArray(SPECIES, b, row + 2 * LANES);
      DoubleVector b3 = DoubleVector.fromArray(SPECIES, b, row + 3 * LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p * aStep]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p * aStep]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      c13 = x.fma(b3, c13);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p * aStep]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      c23 = x.fma(b3, c23);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p * aStep]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      c33 = x.fma(b3, c33);
    }
    store(c00, c, cAt, adds);
    store(c01, c, cAt + LANES, adds);
    store(c02, c, cAt + 2 * LANES, adds);
    store(c03, c, cAt + 3 * LANES, adds);
    store(c10, c, cAt + columns, adds);
    store(c11, c, cAt + columns + LANES, adds);
    store(c12, c, cAt + columns + 2 * LANES, adds);
    store(c13, c, cAt + columns + 3 * LANES, adds);
    store(c20, c, cAt + 2 * columns, adds);
    store(c21, c, cAt + 2 * columns + LANES, adds);
    store(c22, c, cAt + 2 * columns + 2 * LANES, adds);
    store(c23, c, cAt + 2 * columns + 3 * LANES, adds);
    store(c30, c, cAt + 3 * columns, adds);
    store(c31, c, cAt + 3 * columns + LANES, adds);
    store(c32, c, cAt + 3 * columns + 2 * LANES, adds);
    store(c33, c, cAt + 3 * columns + 3 * LANES, adds);
  }

  /** Four rows by two vectors. */
  private static void tile2(
      int columns,
      int steps,
      double[] a,
      int a0,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] c,
      int cAt,
      boolean adds) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    DoubleVector c00 = DoubleVector.zero(SPECIES);
    DoubleVector c01 = DoubleVector.zero(SPECIES);
    DoubleVector c10 = DoubleVector.zero(SPECIES);
    DoubleVector c11 = DoubleVector.zero(SPECIES);
    DoubleVector c20 = DoubleVector.zero(SPECIES);
    DoubleVector c21 = DoubleVector.zero(SPECIES);
    DoubleVector c30 = DoubleVector.zero(SPECIES);
    DoubleVector c31 = DoubleVector.zero(SPECIES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * columns;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, row + LANES);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p * aStep]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p * aStep]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p * aStep]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p * aStep]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    store(c00, c, cAt, adds);
    store(c01, c, cAt + LANES, adds);
    store(c10, c, cAt + columns, adds);
    store(c11, c, cAt + columns + LANES, adds);
    store(c20, c, cAt + 2 * columns, adds);
    store(c21, c, cAt + 2 * columns + LANES, adds);
    store(c30, c, cAt + 3 * columns, adds);
    store(c31, c, cAt + 3 * columns + LANES, adds);
  }

  /** Four rows by one vector. */
  private static void tile1(
      int columns,
      int steps,
      double[] a,
      int a0,
      int aRow,
      int aStep,
      double[] b,
      int bAt,
      double[] c,
      int cAt,
      boolean adds) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    DoubleVector c00 = DoubleVector.zero(SPECIES);
    DoubleVector c10 = DoubleVector.zero(SPECIES);
    DoubleVector c20 = DoubleVector.zero(SPECIES);
    DoubleVector c30 = DoubleVector.zero(SPECIES);
    for (int p = 0; p < steps; p++) {
      int row = bAt + p * columns;
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, row);
      DoubleVector x = DoubleVector.broadcast(SPECIES, a[a0 + p * aStep]);
      c00 = x.fma(b0, c00);
      x = DoubleVector.broadcast(SPECIES, a[a1 + p * aStep]);
      c10 = x.fma(b0, c10);
      x = DoubleVector.broadcast(SPECIES, a[a2 + p * aStep]);
      c20 = x.fma(b0, c20);
      x = DoubleVector.broadcast(SPECIES, a[a3 + p * aStep]);
      c30 = x.fma(b0, c30);
    }
    store(c00, c, cAt, adds);
    store(c10, c, cAt + columns, adds);
    store(c20, c, cAt + 2 * columns, adds);
    store(c30, c, cAt + 3 * columns, adds);
  }

  private static void store(DoubleVector sum, double[] c, int at, boolean adds) {
    if (adds) {
      sum.add(DoubleVector.fromArray(SPECIES, c, at)).intoArray(c, at);
    } else {
      sum.intoArray(c, at);
    }
  }
}
