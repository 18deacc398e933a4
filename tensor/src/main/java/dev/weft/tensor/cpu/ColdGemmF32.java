package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import jdk.incubator.vector.VectorShape;

/** The F32 tile while {@link ColdStart} lasts: a scalar loop, then {@link SimdGemmF32}. */
final class ColdGemmF32 implements GemmKernel<float[]> {
  /** Not asked of a species, which would load all of the Vector API. */
  private static final int BITS = VectorShape.preferredShape().vectorBitSize();

  private static final int COLUMNS = 2 * (BITS / Float.SIZE);

  /** Steps of a call: few, since it is calls that tell Java what to compile. */
  private static final int CHUNK = 32;

  /** Loaded when the first vector is wanted. */
  private static final class Warm {
    private static final SimdGemmF32 LOOPS = new SimdGemmF32();
  }

  /** Its packing; the tile's sizes are arguments of that. */
  private final PlainGemmF32 plain = new PlainGemmF32();

  @Override
  public int rows() {
    return SimdGemmF32.ROWS;
  }

  @Override
  public int strip() {
    return SimdGemmF32.STRIP;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int steps() {
    return SimdGemmF32.steps(BITS);
  }

  @Override
  public boolean takesAnyStep() {
    return SimdGemmF32.hasManyRegisters(BITS);
  }

  @Override
  public AlignedPanels<float[]> aligned() {
    return ColdStart.lasts(0) ? null : Warm.LOOPS.aligned();
  }

  @Override
  public int apart() {
    return SimdGemmF32.APART;
  }

  @Override
  public void tile(
      int rows,
      int steps,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int bStep,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    // With steps of b that the compiler knows, no range check is left in the loop.
    if (bStep != COLUMNS || !ColdStart.lasts((long) rows * steps * COLUMNS)) {
      Warm.LOOPS.tile(
          rows, steps, a, aAt, b, bAt, bStep, init, initAt, initStride, c, cAt, cStride);
      return;
    }
    int strip = SimdGemmF32.STRIP;
    for (int row = 0; row < rows; row += strip) {
      int from = aAt + row / strip * SimdGemmF32.APART;
      int to = cAt + row * cStride;
      for (int r = 0; r < strip; r++) {
        System.arraycopy(init, initAt + (row + r) * initStride, c, to + r * cStride, COLUMNS);
      }
      for (int p = 0; p < steps; p += CHUNK) {
        int chunk = Math.min(CHUNK, steps - p);
        for (int j = 0; j < COLUMNS; j += 4) {
          add(chunk, a, from + p * strip, b, bAt + p * COLUMNS + j, c, to + j, cStride);
        }
      }
    }
  }

  /** Four rows by four columns: as many sums as keep the multipliers busy. */
  private static void add(
      int steps, float[] a, int aAt, float[] b, int bAt, float[] c, int c0, int row) {
    int c1 = c0 + row;
    int c2 = c1 + row;
    int c3 = c2 + row;
    float s00 = c[c0];
    float s01 = c[c0 + 1];
    float s02 = c[c0 + 2];
    float s03 = c[c0 + 3];
    float s10 = c[c1];
    float s11 = c[c1 + 1];
    float s12 = c[c1 + 2];
    float s13 = c[c1 + 3];
    float s20 = c[c2];
    float s21 = c[c2 + 1];
    float s22 = c[c2 + 2];
    float s23 = c[c2 + 3];
    float s30 = c[c3];
    float s31 = c[c3 + 1];
    float s32 = c[c3 + 2];
    float s33 = c[c3 + 3];
    for (int p = 0; p < steps; p++) {
      float b0 = b[bAt + p * COLUMNS];
      float b1 = b[bAt + p * COLUMNS + 1];
      float b2 = b[bAt + p * COLUMNS + 2];
      float b3 = b[bAt + p * COLUMNS + 3];
      float a0 = a[aAt + p * 4];
      s00 = Math.fma(a0, b0, s00);
      s01 = Math.fma(a0, b1, s01);
      s02 = Math.fma(a0, b2, s02);
      s03 = Math.fma(a0, b3, s03);
      float a1 = a[aAt + p * 4 + 1];
      s10 = Math.fma(a1, b0, s10);
      s11 = Math.fma(a1, b1, s11);
      s12 = Math.fma(a1, b2, s12);
      s13 = Math.fma(a1, b3, s13);
      float a2 = a[aAt + p * 4 + 2];
      s20 = Math.fma(a2, b0, s20);
      s21 = Math.fma(a2, b1, s21);
      s22 = Math.fma(a2, b2, s22);
      s23 = Math.fma(a2, b3, s23);
      float a3 = a[aAt + p * 4 + 3];
      s30 = Math.fma(a3, b0, s30);
      s31 = Math.fma(a3, b1, s31);
      s32 = Math.fma(a3, b2, s32);
      s33 = Math.fma(a3, b3, s33);
    }
    c[c0] = s00;
    c[c0 + 1] = s01;
    c[c0 + 2] = s02;
    c[c0 + 3] = s03;
    c[c1] = s10;
    c[c1 + 1] = s11;
    c[c1 + 2] = s12;
    c[c1 + 3] = s13;
    c[c2] = s20;
    c[c2 + 1] = s21;
    c[c2 + 2] = s22;
    c[c2 + 3] = s23;
    c[c3] = s30;
    c[c3 + 1] = s31;
    c[c3 + 2] = s32;
    c[c3 + 3] = s33;
  }

  @Override
  public void pack(
      float[] source,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width,
      int apart) {
    if (ColdStart.lasts((long) lanes * steps)) {
      plain.pack(source, at, laneStride, lanes, stepStride, steps, out, outAt, width, apart);
    } else {
      Warm.LOOPS.pack(source, at, laneStride, lanes, stepStride, steps, out, outAt, width, apart);
    }
  }

  @Override
  public void widen(
      DType dtype, short[] source, int at, int stride, int length, float[] out, int outAt) {
    if (ColdStart.lasts(length)) {
      plain.widen(dtype, source, at, stride, length, out, outAt);
    } else {
      Warm.LOOPS.widen(dtype, source, at, stride, length, out, outAt);
    }
  }
}
