package dev.weft.tensor.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The F64 tile with the Vector API: 8 rows by 2 vectors. The sums must stay in registers, so where
 * there are only 16 the tile is computed in two halves. There is no more in these methods than must
 * be: in a method that grows too large the compiler stops inlining, and what is left makes objects
 * of vectors (docs/benchmarks.md).
 */
final class SimdGemmF64 extends PackingF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 8;
  private static final int HALF = ROWS / 2;
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
    if (MANY_REGISTERS && rows > HALF) {
      tile8(steps, a, aAt, b, bAt, bStep, init, initAt, initStride, c, cAt, cStride);
      return;
    }
    tile4(steps, a, aAt, b, bAt, bStep, init, initAt, initStride, c, cAt, cStride);
    if (rows > HALF) {
      int i = initAt + HALF * initStride;
      int to = cAt + HALF * cStride;
      tile4(steps, a, aAt + HALF, b, bAt, bStep, init, i, initStride, c, to, cStride);
    }
  }

  /** Eight rows, 16 sums: for 32 vector registers. */
  private static void tile8(
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
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, init, initAt);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, init, initAt + LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, init, initAt + initStride);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, init, initAt + initStride + LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initStride);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initStride + LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initStride);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initStride + LANES);
    DoubleVector s40 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initStride);
    DoubleVector s41 = DoubleVector.fromArray(SPECIES, init, initAt + 4 * initStride + LANES);
    DoubleVector s50 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initStride);
    DoubleVector s51 = DoubleVector.fromArray(SPECIES, init, initAt + 5 * initStride + LANES);
    DoubleVector s60 = DoubleVector.fromArray(SPECIES, init, initAt + 6 * initStride);
    DoubleVector s61 = DoubleVector.fromArray(SPECIES, init, initAt + 6 * initStride + LANES);
    DoubleVector s70 = DoubleVector.fromArray(SPECIES, init, initAt + 7 * initStride);
    DoubleVector s71 = DoubleVector.fromArray(SPECIES, init, initAt + 7 * initStride + LANES);
    for (int p = 0; p < steps; p++) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bAt + p * bStep);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, bAt + p * bStep + LANES);
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      DoubleVector a4 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 4]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      DoubleVector a5 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 5]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      DoubleVector a6 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 6]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      DoubleVector a7 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 7]);
      s70 = a7.fma(b0, s70);
      s71 = a7.fma(b1, s71);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + LANES);
    s10.intoArray(c, cAt + cStride);
    s11.intoArray(c, cAt + cStride + LANES);
    s20.intoArray(c, cAt + 2 * cStride);
    s21.intoArray(c, cAt + 2 * cStride + LANES);
    s30.intoArray(c, cAt + 3 * cStride);
    s31.intoArray(c, cAt + 3 * cStride + LANES);
    s40.intoArray(c, cAt + 4 * cStride);
    s41.intoArray(c, cAt + 4 * cStride + LANES);
    s50.intoArray(c, cAt + 5 * cStride);
    s51.intoArray(c, cAt + 5 * cStride + LANES);
    s60.intoArray(c, cAt + 6 * cStride);
    s61.intoArray(c, cAt + 6 * cStride + LANES);
    s70.intoArray(c, cAt + 7 * cStride);
    s71.intoArray(c, cAt + 7 * cStride + LANES);
  }

  /** Four rows, 8 sums: for 16 vector registers. */
  private static void tile4(
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
    DoubleVector s00 = DoubleVector.fromArray(SPECIES, init, initAt);
    DoubleVector s01 = DoubleVector.fromArray(SPECIES, init, initAt + LANES);
    DoubleVector s10 = DoubleVector.fromArray(SPECIES, init, initAt + initStride);
    DoubleVector s11 = DoubleVector.fromArray(SPECIES, init, initAt + initStride + LANES);
    DoubleVector s20 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initStride);
    DoubleVector s21 = DoubleVector.fromArray(SPECIES, init, initAt + 2 * initStride + LANES);
    DoubleVector s30 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initStride);
    DoubleVector s31 = DoubleVector.fromArray(SPECIES, init, initAt + 3 * initStride + LANES);
    for (int p = 0; p < steps; p++) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bAt + p * bStep);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, bAt + p * bStep + LANES);
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[aAt + p * ROWS + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + LANES);
    s10.intoArray(c, cAt + cStride);
    s11.intoArray(c, cAt + cStride + LANES);
    s20.intoArray(c, cAt + 2 * cStride);
    s21.intoArray(c, cAt + 2 * cStride + LANES);
    s30.intoArray(c, cAt + 3 * cStride);
    s31.intoArray(c, cAt + 3 * cStride + LANES);
  }
}
