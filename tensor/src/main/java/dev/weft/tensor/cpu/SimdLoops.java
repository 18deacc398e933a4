package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;

/**
 * The loops with {@code jdk.incubator.vector}. Loaded only where that module is; every vector has
 * the preferred width of the machine, which nothing here assumes.
 */
final class SimdLoops {
  /** The optional module. */
  static final String MODULE = "jdk.incubator.vector";

  private SimdLoops() {}

  static Loops<float[]> f32() {
    return new Loops<>(
        DType.F32,
        new PlainElementsF32(),
        new PlainFoldsF32(),
        new PlainRowsF32(),
        new SimdGemmF32());
  }

  static Loops<double[]> f64() {
    return new Loops<>(
        DType.F64,
        new PlainElementsF64(),
        new PlainFoldsF64(),
        new PlainRowsF64(),
        new SimdGemmF64());
  }
}
