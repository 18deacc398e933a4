package dev.weft.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F32 panels of B in memory that starts on a cache line, and the tile that reads them: the same as
 * {@link SimdGemmF32} has for arrays, whose vectors of 64 bytes always cross a line. It meets no
 * segment but native ones; a loop that had seen arrays' segments too would be slow.
 */
final class SimdAlignedF32 implements AlignedPanels<float[]> {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRIP = SimdGemmF32.STRIP;
  private static final int APART = SimdGemmF32.APART;
  private static final int COLUMNS = 2 * LANES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes of a vector, and of one step in a panel. */
  private static final long VECTOR = (long) LANES * Float.BYTES;

  private static final long STEP = 2 * VECTOR;

  /** Steps that are copied for all panels before the next: few, so that what is read stays near. */
  private static final int STEPS_AT_ONCE = 8;

  @Override
  public void copyRows(
      float[] source, int at, int stepStride, int steps, int panels, MemorySegment out) {
    for (int p = 0; p < steps; p += STEPS_AT_ONCE) {
      int here = Math.min(STEPS_AT_ONCE, steps - p);
      for (int panel = 0; panel < panels; panel++) {
        int from = at + p * stepStride + panel * COLUMNS;
        copyRows(source, from, stepStride, here, out, (panel * steps + p) * STEP);
      }
    }
  }

  private static void copyRows(
      float[] source, int at, int stepStride, int steps, MemorySegment out, long to) {
    for (int p = 0; p < steps; p++) {
      int from = at + p * stepStride;
      FloatVector left = FloatVector.fromArray(SPECIES, source, from);
      FloatVector right = FloatVector.fromArray(SPECIES, source, from + LANES);
      left.intoMemorySegment(out, to + p * STEP, ORDER);
      right.intoMemorySegment(out, to + p * STEP + VECTOR, ORDER);
    }
  }

  @Override
  public void put(float[] packed, int steps, MemorySegment out, int outAt) {
    copyRows(packed, 0, COLUMNS, steps, out, (long) outAt * Float.BYTES);
  }

  @Override
  public void tile(
      int rows,
      int steps,
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    long at = bAt * Float.BYTES;
    if (SimdGemmF32.MANY_REGISTERS && rows > 2 * STRIP) {
      tile12(steps, a, aAt, b, at, init, initAt, initStride, c, cAt, cStride);
      return;
    }
    if (SimdGemmF32.MANY_REGISTERS && rows > STRIP) {
      tile8(steps, a, aAt, b, at, init, initAt, initStride, c, cAt, cStride);
      return;
    }
    for (int row = 0; row < rows; row += STRIP) {
      int i = initAt + row * initStride;
      int to = cAt + row * cStride;
      tile4(steps, a, aAt + row / STRIP * APART, b, at, init, i, initStride, c, to, cStride);
    }
  }

  /** Twelve rows, 24 sums: for 32 vector registers. */
  private static void tile12(
      int steps,
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initStride);
    FloatVector s11 = FloatVector.fromArray(SPECIES, init, initAt + initStride + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initStride);
    FloatVector s21 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initStride + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initStride);
    FloatVector s31 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initStride + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initStride);
    FloatVector s41 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initStride + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initStride);
    FloatVector s51 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initStride + LANES);
    FloatVector s60 = FloatVector.fromArray(SPECIES, init, initAt + 6 * initStride);
    FloatVector s61 = FloatVector.fromArray(SPECIES, init, initAt + 6 * initStride + LANES);
    FloatVector s70 = FloatVector.fromArray(SPECIES, init, initAt + 7 * initStride);
    FloatVector s71 = FloatVector.fromArray(SPECIES, init, initAt + 7 * initStride + LANES);
    FloatVector s80 = FloatVector.fromArray(SPECIES, init, initAt + 8 * initStride);
    FloatVector s81 = FloatVector.fromArray(SPECIES, init, initAt + 8 * initStride + LANES);
    FloatVector s90 = FloatVector.fromArray(SPECIES, init, initAt + 9 * initStride);
    FloatVector s91 = FloatVector.fromArray(SPECIES, init, initAt + 9 * initStride + LANES);
    FloatVector s100 = FloatVector.fromArray(SPECIES, init, initAt + 10 * initStride);
    FloatVector s101 = FloatVector.fromArray(SPECIES, init, initAt + 10 * initStride + LANES);
    FloatVector s110 = FloatVector.fromArray(SPECIES, init, initAt + 11 * initStride);
    FloatVector s111 = FloatVector.fromArray(SPECIES, init, initAt + 11 * initStride + LANES);
    for (int p = 0; p < steps; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * STEP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * STEP + VECTOR, ORDER);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 1]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 2]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 3]);
      s70 = a7.fma(b0, s70);
      s71 = a7.fma(b1, s71);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART]);
      s80 = a8.fma(b0, s80);
      s81 = a8.fma(b1, s81);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART + 1]);
      s90 = a9.fma(b0, s90);
      s91 = a9.fma(b1, s91);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART + 2]);
      s100 = a10.fma(b0, s100);
      s101 = a10.fma(b1, s101);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2 * APART + 3]);
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
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initStride);
    FloatVector s11 = FloatVector.fromArray(SPECIES, init, initAt + initStride + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initStride);
    FloatVector s21 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initStride + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initStride);
    FloatVector s31 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initStride + LANES);
    FloatVector s40 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initStride);
    FloatVector s41 = FloatVector.fromArray(SPECIES, init, initAt + 4 * initStride + LANES);
    FloatVector s50 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initStride);
    FloatVector s51 = FloatVector.fromArray(SPECIES, init, initAt + 5 * initStride + LANES);
    FloatVector s60 = FloatVector.fromArray(SPECIES, init, initAt + 6 * initStride);
    FloatVector s61 = FloatVector.fromArray(SPECIES, init, initAt + 6 * initStride + LANES);
    FloatVector s70 = FloatVector.fromArray(SPECIES, init, initAt + 7 * initStride);
    FloatVector s71 = FloatVector.fromArray(SPECIES, init, initAt + 7 * initStride + LANES);
    for (int p = 0; p < steps; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * STEP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * STEP + VECTOR, ORDER);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 3]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 1]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 2]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + APART + 3]);
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
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
      float[] init,
      int initAt,
      int initStride,
      float[] c,
      int cAt,
      int cStride) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector s01 = FloatVector.fromArray(SPECIES, init, initAt + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, init, initAt + initStride);
    FloatVector s11 = FloatVector.fromArray(SPECIES, init, initAt + initStride + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initStride);
    FloatVector s21 = FloatVector.fromArray(SPECIES, init, initAt + 2 * initStride + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initStride);
    FloatVector s31 = FloatVector.fromArray(SPECIES, init, initAt + 3 * initStride + LANES);
    for (int p = 0; p < steps; p++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * STEP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bAt + p * STEP + VECTOR, ORDER);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 1]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 2]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[aAt + p * STRIP + 3]);
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
