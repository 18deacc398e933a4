package dev.weft.tensor.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The F64 tile with the Vector API: 12 rows by 2 vectors. The sums must stay in registers, so where
 * there are only 16 the tile is computed in strips of 4 rows. There is no more in these methods
 * than must be: in a method that grows too large the compiler stops inlining, and what is left
 * makes objects of vectors (docs/benchmarks.md).
 */
final class SimdGemmF64 extends PackingF64 {
  private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 12;
  private static final int STRIP = 4;
  private static final int COLUMNS = 2 * LANES;
  private static final int MOST_STEPS = 512;

  /**
   * Distance between strips of a. A constant, so that all of a's elements are at constant distances
   * from one index, which costs one range check; and no power of two, so that strips do not compete
   * for the same cache lines.
   */
  private static final int APART = STRIP * MOST_STEPS + 16;

  /** AVX-512 and ARM have 32 vector registers, older x86 processors 16. */
  private static final boolean MANY_REGISTERS =
      SPECIES.vectorShape() == VectorShape.S_512_BIT
          || System.getProperty("os.arch").equals("aarch64");

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int strip() {
    return STRIP;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int steps() {
    return MANY_REGISTERS ? MOST_STEPS : MOST_STEPS / 2;
  }

  @Override
  public boolean takesAnyStep() {
    // With few registers a step that the compiler knows is a fifth faster.
    return MANY_REGISTERS;
  }

  @Override
  public int apart() {
    return APART;
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
    if (MANY_REGISTERS && rows > 2 * STRIP) {
      tile12(steps, a, aAt, b, bAt, bStep, init, initAt, initStride, c, cAt, cStride);
      return;
    }
    if (MANY_REGISTERS && rows > STRIP) {
      tile8(steps, a, aAt, b, bAt, bStep, init, initAt, initStride, c, cAt, cStride);
      return;
    }
    for (int row = 0; row < rows; row += STRIP) {
      int i = initAt + row * initStride;
      int to = cAt + row * cStride;
      tile4(
          steps, a, aAt + row / STRIP * APART, b, bAt, bStep, init, i, initStride, c, to, cStride);
    }
  }

  /** Twelve rows, 24 sums: for 32 vector registers. */
  private static void tile12(
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
    DoubleVector s80 = DoubleVector.fromArray(SPECIES, init, initAt + 8 * initStride);
    DoubleVector s81 = DoubleVector.fromArray(SPECIES, init, initAt + 8 * initStride + LANES);
    DoubleVector s90 = DoubleVector.fromArray(SPECIES, init, initAt + 9 * initStride);
    DoubleVector s91 = DoubleVector.fromArray(SPECIES, init, initAt + 9 * initStride + LANES);
    DoubleVector s100 = DoubleVector.fromArray(SPECIES, init, initAt + 10 * initStride);
    DoubleVector s101 = DoubleVector.fromArray(SPECIES, init, initAt + 10 * initStride + LANES);
    DoubleVector s110 = DoubleVector.fromArray(SPECIES, init, initAt + 11 * initStride);
    DoubleVector s111 = DoubleVector.fromArray(SPECIES, init, initAt + 11 * initStride + LANES);
    for (int p = 0; p < steps; p++) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bAt + p * bStep);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, bAt + p * bStep + LANES);
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      DoubleVector a4 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      DoubleVector a5 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 1]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      DoubleVector a6 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 2]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      DoubleVector a7 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 3]);
      s70 = a7.fma(b0, s70);
      s71 = a7.fma(b1, s71);
      DoubleVector a8 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART]);
      s80 = a8.fma(b0, s80);
      s81 = a8.fma(b1, s81);
      DoubleVector a9 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART + 1]);
      s90 = a9.fma(b0, s90);
      s91 = a9.fma(b1, s91);
      DoubleVector a10 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART + 2]);
      s100 = a10.fma(b0, s100);
      s101 = a10.fma(b1, s101);
      DoubleVector a11 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART + 3]);
      s110 = a11.fma(b0, s110);
      s111 = a11.fma(b1, s111);
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
    s80.intoArray(c, cAt + 8 * cStride);
    s81.intoArray(c, cAt + 8 * cStride + LANES);
    s90.intoArray(c, cAt + 9 * cStride);
    s91.intoArray(c, cAt + 9 * cStride + LANES);
    s100.intoArray(c, cAt + 10 * cStride);
    s101.intoArray(c, cAt + 10 * cStride + LANES);
    s110.intoArray(c, cAt + 11 * cStride);
    s111.intoArray(c, cAt + 11 * cStride + LANES);
  }

  /** Eight rows, for what twelve leave over. */
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
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      DoubleVector a4 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      DoubleVector a5 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 1]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      DoubleVector a6 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 2]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      DoubleVector a7 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 3]);
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
    int step = MANY_REGISTERS ? bStep : COLUMNS;
    for (int p = 0; p < steps; p++) {
      DoubleVector b0 = DoubleVector.fromArray(SPECIES, b, bAt + p * step);
      DoubleVector b1 = DoubleVector.fromArray(SPECIES, b, bAt + p * step + LANES);
      DoubleVector a0 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      DoubleVector a1 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      DoubleVector a2 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      DoubleVector a3 = DoubleVector.broadcast(SPECIES, a[aAt + p * STRIP + 3]);
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
