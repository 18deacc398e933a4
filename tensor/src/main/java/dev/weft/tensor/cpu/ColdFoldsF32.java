package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.ColdLanes.LANES;

import dev.weft.tensor.ReduceOp;

/** Folds of F32 while {@link ColdStart} lasts, then {@link SimdFoldsF32}. */
final class ColdFoldsF32 implements FoldLoops<float[]> {
  private static final int STEP = 4 * LANES;

  /** Loaded when the first vector is wanted. */
  private static final class Warm {
    private static final SimdFoldsF32 LOOPS = new SimdFoldsF32();
  }

  @Override
  public double fold(ReduceOp op, float[] x, int xAt, int n) {
    return Warm.LOOPS.fold(op, x, xAt, n);
  }

  @Override
  public double greatest(float[] x, int xAt, int n) {
    return Warm.LOOPS.greatest(x, xAt, n);
  }

  @Override
  public double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    return Warm.LOOPS.dot(a, aAt, b, bAt, n);
  }

  /** Four vectors of sums in turn; what fills no four goes to the first. */
  @Override
  public double squaredDistance(float[] x, int xAt, double centre, int n) {
    if (!ColdStart.lasts(n)) {
      return Warm.LOOPS.squaredDistance(x, xAt, centre, n);
    }
    float c = (float) centre;
    float[] sums = new float[STEP];
    int whole = n / STEP * STEP;
    for (int i = 0; i < n; i++) {
      int lane = i < whole ? i % STEP : i % LANES;
      float distance = x[xAt + i] - c;
      sums[lane] = Math.fma(distance, distance, sums[lane]);
    }
    for (int lane = 0; lane < LANES; lane++) {
      float first = sums[lane] + sums[LANES + lane];
      sums[lane] = first + (sums[2 * LANES + lane] + sums[3 * LANES + lane]);
    }
    return ColdLanes.total(sums, 0);
  }
}
