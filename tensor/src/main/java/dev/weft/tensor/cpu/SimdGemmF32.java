package dev.weft.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The F32 tile with the Vector API: 8 rows by 2 vectors. The sums must stay in registers, so where
 * there are only 16 the tile is computed in two halves. Both factors are read with strides that the
 * compiler knows: then it proves all accesses in bounds before the loop. And there is no more in
 * these methods than must be, since the compiler stops inlining in methods that grow too large
 * (docs/benchmarks.md).
 */
final class SimdGemmF32 extends SimdPackingF32 {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 8;
  private static final int COLUMNS = 2 * LANES;

  /** AVX-512 and ARM have 32 vector registers, older x86 processors 16. */
  private static final boolean MANY_REGISTERS =
      SPECIES.vectorShape() == VectorShape.S_512_BIT
          || System.getProperty("os.arch").equals("aarch64");

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void tile(int rows, int steps, float[] a, int aAt, float[] b, int bAt, float[] sums) {
    if (MANY_REGISTERS && rows > ROWS / 2) {
      tile8(steps, a, aAt, b, bAt, sums, 0);
      return;
    }
    tile4(steps, a, aAt, b, bAt, sums, 0);
    if (rows > ROWS / 2) {
      tile4(steps, a, aAt + ROWS / 2, b, bAt, sums, ROWS / 2 * COLUMNS);
    }
  }

  /** Eight rows, 16 sums: for 32 vector registers. */
  private static void tile8(
      int steps, float[] a, int aAt, float[] b, int bAt, float[] sums, int sumsAt) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    FloatVector s40 = FloatVector.zero(SPECIES);
    FloatVector s41 = FloatVector.zero(SPECIES);
    FloatVector s50 = FloatVector.zero(SPECIES);
    FloatVector s51 = FloatVector.zero(SPECIES);
    FloatVector s60 = FloatVector.zero(SPECIES);
    FloatVector s61 = FloatVector.zero(SPECIES);
    FloatVector s70 = FloatVector.zero(SPECIES);
    FloatVector s71 = FloatVector.zero(SPECIES);
    for (int p = 0; p < steps; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 4]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 5]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 6]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 7]);
      s70 = a7.fma(b0, s70);
      s71 = a7.fma(b1, s71);
    }
    s00.intoArray(sums, sumsAt);
    s01.intoArray(sums, sumsAt + LANES);
    s10.intoArray(sums, sumsAt + 2 * LANES);
    s11.intoArray(sums, sumsAt + 3 * LANES);
    s20.intoArray(sums, sumsAt + 4 * LANES);
    s21.intoArray(sums, sumsAt + 5 * LANES);
    s30.intoArray(sums, sumsAt + 6 * LANES);
    s31.intoArray(sums, sumsAt + 7 * LANES);
    s40.intoArray(sums, sumsAt + 8 * LANES);
    s41.intoArray(sums, sumsAt + 9 * LANES);
    s50.intoArray(sums, sumsAt + 10 * LANES);
    s51.intoArray(sums, sumsAt + 11 * LANES);
    s60.intoArray(sums, sumsAt + 12 * LANES);
    s61.intoArray(sums, sumsAt + 13 * LANES);
    s70.intoArray(sums, sumsAt + 14 * LANES);
    s71.intoArray(sums, sumsAt + 15 * LANES);
  }

  /** Four rows, 8 sums: for 16 vector registers. */
  private static void tile4(
      int steps, float[] a, int aAt, float[] b, int bAt, float[] sums, int sumsAt) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    for (int p = 0; p < steps; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[aAt + p * ROWS + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
    }
    s00.intoArray(sums, sumsAt);
    s01.intoArray(sums, sumsAt + LANES);
    s10.intoArray(sums, sumsAt + 2 * LANES);
    s11.intoArray(sums, sumsAt + 3 * LANES);
    s20.intoArray(sums, sumsAt + 4 * LANES);
    s21.intoArray(sums, sumsAt + 5 * LANES);
    s30.intoArray(sums, sumsAt + 6 * LANES);
    s31.intoArray(sums, sumsAt + 7 * LANES);
  }

  @Override
  public void store(
      float[] sums,
      int rows,
      int columns,
      double scale,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    float factor = (float) scale;
    for (int r = 0; r < rows; r++) {
      int from = initAt + r * initStride;
      int to = cAt + r * cStride;
      if (columns == COLUMNS) {
        storeVector(sums, r * COLUMNS, factor, init, from, c, to);
        storeVector(sums, r * COLUMNS + LANES, factor, init, from + LANES, c, to + LANES);
      } else {
        for (int j = 0; j < columns; j++) {
          c[to + j] = Math.fma(factor, sums[r * COLUMNS + j], init[from + j]);
        }
      }
    }
  }

  private static void storeVector(
      float[] sums, int at, float factor, float[] init, int initAt, float[] c, int cAt) {
    FloatVector start = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector.fromArray(SPECIES, sums, at)
        .fma(FloatVector.broadcast(SPECIES, factor), start)
        .intoArray(c, cAt);
  }
}
