package dev.weft.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The F32 tile with the Vector API, 4 rows by 2 vectors: 8 sums, 2 vectors of b and one factor of a
 * are what fits the 16 registers of AVX2 without a spill.
 */
final class SimdGemmF32 extends PackingF32 {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 4;
  private static final int COLUMNS = 2 * LANES;

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
    int a1 = aAt + aRowStride;
    int a2 = a1 + aRowStride;
    int a3 = a2 + aRowStride;
    int i1 = initAt + initStride;
    int i2 = i1 + initStride;
    int i3 = i2 + initStride;
    FloatVector c00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector c01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, init, i1);
    FloatVector c11 = FloatVector.fromArray(SPECIES, init, i1 + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, init, i2);
    FloatVector c21 = FloatVector.fromArray(SPECIES, init, i2 + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, init, i3);
    FloatVector c31 = FloatVector.fromArray(SPECIES, init, i3 + LANES);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * bStep);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + p * bStep + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[aAt + p * aStep]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p * aStep]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p * aStep]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p * aStep]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    int c1 = cAt + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    c00.intoArray(c, cAt);
    c01.intoArray(c, cAt + LANES);
    c10.intoArray(c, c1);
    c11.intoArray(c, c1 + LANES);
    c20.intoArray(c, c2);
    c21.intoArray(c, c2 + LANES);
    c30.intoArray(c, c3);
    c31.intoArray(c, c3 + LANES);
  }
}
