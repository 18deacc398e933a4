package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.ColdLanes.LANES;

/** Blocks of F32 scores while {@link ColdStart} lasts, then {@link SimdScoresF32}. */
final class ColdScoresF32 implements ScoreLoops<float[]> {
  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float MINUS_LN2_HIGH = (float) -Math.log(2);
  private static final float MINUS_LN2_LOW = (float) ((float) Math.log(2) - Math.log(2));
  private static final float ROUNDER = SimdScoresF32.ROUNDER;

  /** What an element costs in multiplications. */
  private static final int POWER = 16;

  /** Loaded when the first vector is wanted. */
  private static final class Warm {
    private static final SimdScoresF32 LOOPS = new SimdScoresF32();
  }

  @Override
  public void greatest(float[] x, int rows, int n, double[] greatest) {
    if (!ColdStart.lasts((long) rows * n)) {
      Warm.LOOPS.greatest(x, rows, n, greatest);
      return;
    }
    for (int row = 0; row < rows; row++) {
      float most = Float.NEGATIVE_INFINITY;
      for (int i = row * n; i < (row + 1) * n; i++) {
        most = x[i] > most ? x[i] : most;
      }
      greatest[row] = most;
    }
  }

  @Override
  public void powers(float[] x, int rows, int n, double[] shifts, double[] sums) {
    if (!ColdStart.lasts((long) rows * n * POWER)) {
      Warm.LOOPS.powers(x, rows, n, shifts, sums);
      return;
    }
    float[] lanes = ColdLanes.zeros();
    for (int row = 0; row < rows; row++) {
      float shift = (float) shifts[row];
      java.util.Arrays.fill(lanes, 0);
      for (int i = 0; i < n; i++) {
        float power = power(x[row * n + i] - shift);
        x[row * n + i] = power;
        lanes[i % LANES] += power;
      }
      sums[row] += ColdLanes.total(lanes, 0);
    }
  }

  private static float power(float v) {
    float k = Math.fma(v, LOG2_E, ROUNDER);
    float integer = k - ROUNDER;
    float r = Math.fma(integer, MINUS_LN2_LOW, Math.fma(integer, MINUS_LN2_HIGH, v));
    float series = Math.fma(r, SimdScoresF32.E6, SimdScoresF32.E5);
    series = Math.fma(series, r, SimdScoresF32.E4);
    series = Math.fma(series, r, SimdScoresF32.E3);
    series = Math.fma(series, r, SimdScoresF32.E2);
    series = Math.fma(Math.fma(series, r, 1), r, 1);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(k) << 23);
    return v < SimdScoresF32.LOWEST ? 0 : series * scale;
  }

  @Override
  public void slopes(float[] y, float[] dy, int rows, int n, double[] inners) {
    Warm.LOOPS.slopes(y, dy, rows, n, inners);
  }
}
