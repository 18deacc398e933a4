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
        new ColdElementsF32(),
        new ColdFoldsF32(),
        new ColdRowsF32(),
        new SimdPhilox(),
        new ColdGemmF32(),
        new ColdBlocksF32(),
        new ColdScoresF32());
  }

  static Loops<double[]> f64() {
    return new Loops<>(
        DType.F64,
        new SimdElementsF64(),
        new SimdFoldsF64(),
        new SimdRowsF64(),
        new SimdPhilox(),
        new SimdGemmF64(),
        new SimdBlocksF64(),
        new RowwiseScores<>(new SimdFoldsF64(), new SimdRowsF64()));
  }
}
