package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF64.LANES;
import static dev.weft.tensor.cpu.SimdMathF64.SPECIES;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.weft.tensor.CompareOp;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Comparisons of F64 with the Vector API, one loop each, as in {@link SimdUnaryF64}. */
final class SimdCompareF64 {
  /** As many bytes as there are lanes; no such vector is shorter than 64 bits. */
  static final VectorSpecies<Byte> BYTES =
      LANES < 8 ? null : VectorSpecies.of(byte.class, VectorShape.forBitSize(LANES * Byte.SIZE));

  private SimdCompareF64() {}

  /** {@code out = a op b} as 0 or 1, of whole vectors; returns how many elements that was. */
  static int apply(
      CompareOp op, double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
    int end = BYTES == null ? 0 : SPECIES.loopBound(n);
    switch (op) {
      case EQUAL -> equal(a, aAt, b, bAt, out, outAt, end);
      case NOT_EQUAL -> notEqual(a, aAt, b, bAt, out, outAt, end);
      case LESS -> less(a, aAt, b, bAt, out, outAt, end);
      case LESS_OR_EQUAL -> lessOrEqual(a, aAt, b, bAt, out, outAt, end);
      case GREATER -> less(b, bAt, a, aAt, out, outAt, end);
      case GREATER_OR_EQUAL -> lessOrEqual(b, bAt, a, aAt, out, outAt, end);
    }
    return end;
  }

  private static DoubleVector load(double[] x, int at) {
    return DoubleVector.fromArray(SPECIES, x, at);
  }

  private static void store(VectorMask<Double> mask, byte[] out, int at) {
    ByteVector.zero(BYTES).blend((byte) 1, mask.cast(BYTES)).intoArray(out, at);
  }

  private static void less(double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      store(load(a, aAt + i).compare(LT, load(b, bAt + i)), out, outAt + i);
    }
  }

  private static void lessOrEqual(
      double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      store(load(a, aAt + i).compare(LE, load(b, bAt + i)), out, outAt + i);
    }
  }

  private static void equal(
      double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      store(load(a, aAt + i).compare(EQ, load(b, bAt + i)), out, outAt + i);
    }
  }

  private static void notEqual(
      double[] a, int aAt, double[] b, int bAt, byte[] out, int outAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      store(load(a, aAt + i).compare(NE, load(b, bAt + i)), out, outAt + i);
    }
  }
}
