package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;

/** The loops in plain Java, which run everywhere. */
final class PlainLoops {
  private PlainLoops() {}

  static Loops<float[]> f32() {
    return new Loops<>(
        DType.F32,
        new PlainElementsF32(),
        new PlainFoldsF32(),
        new PlainRowsF32(),
        new PlainPhilox(),
        new PlainGemmF32(),
        new PlainBlocksF32(),
        new RowwiseScores<>(new PlainFoldsF32(), new PlainRowsF32()));
  }

  static Loops<double[]> f64() {
    return new Loops<>(
        DType.F64,
        new PlainElementsF64(),
        new PlainFoldsF64(),
        new PlainRowsF64(),
        new PlainPhilox(),
        new PlainGemmF64(),
        new PlainBlocksF64(),
        new RowwiseScores<>(new PlainFoldsF64(), new PlainRowsF64()));
  }
}
