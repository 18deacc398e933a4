package dev.weft.bench.compare;

import dev.weft.bench.compare.Kind.Pass;

/** Operations and bytes that a work needs at least, whoever does it. */
final class Cost {
  /** Of one run of {@link FmaPeak}, whatever the width of a vector. */
  static final long FMA_PEAK_FLOPS = 1L << 30;

  private static final int CLIP_POSITIONS = 50;
  private static final int HIDDEN = 768;
  private static final int LAYERS = 12;

  private Cost() {}

  static double flops(Kind kind) {
    return switch (kind) {
      case Kind.Matmul it -> 2.0 * it.batch() * it.m() * it.k() * it.n();
      case Kind.FmaPeak _ -> FMA_PEAK_FLOPS;
      case Kind.Bert it -> encoder(it.batch(), it.length());
      case Kind.ClipImage it -> encoder(it.batch(), CLIP_POSITIONS) + patches(it.batch());
      default -> 0;
    };
  }

  /** Each operand read once and each result written once. */
  static double bytes(Kind kind) {
    return switch (kind) {
      case Kind.Softmax it -> matrices(it.rows(), it.columns(), it.pass());
      case Kind.LayerNorm it -> matrices(it.rows(), it.columns(), it.pass());
      case Kind.Gelu it -> matrices(it.rows(), it.columns(), it.pass());
      case Kind.Copy it -> matrices(it.rows(), it.columns(), Pass.FORWARD);
      default -> 0;
    };
  }

  /** Forward reads one matrix and writes one; backward reads two and writes one. */
  private static double matrices(int rows, int columns, Pass pass) {
    return (double) Float.BYTES * rows * columns * (pass == Pass.FORWARD ? 2 : 3);
  }

  /** The matrix products of the base-sized encoder that BERT and CLIP share. */
  private static double encoder(int batch, int length) {
    double maps = 12.0 * HIDDEN * HIDDEN; // query, key, value, output; four out, four back
    double attention = 2.0 * length * HIDDEN;
    return 2.0 * LAYERS * batch * length * (maps + attention);
  }

  private static double patches(int batch) {
    return 2.0 * batch * (CLIP_POSITIONS - 1) * HIDDEN * 3 * 32 * 32;
  }
}
