package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * A block of F32 scores with the Vector API. All is written out in the loops, exp as well: where a
 * caller has inlined these and grows too large, the compiler stops at methods of ours, whose
 * vectors then become objects, but never at those of the Vector API.
 */
final class SimdScoresF32 implements ScoreLoops<float[]> {
  private static final VectorShuffle<Float> DOWN_8 = down(8);
  private static final VectorShuffle<Float> DOWN_4 = down(4);
  private static final VectorShuffle<Float> DOWN_2 = down(2);

  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float MINUS_LN2_HIGH = (float) -Math.log(2);
  private static final float MINUS_LN2_LOW = (float) ((float) Math.log(2) - Math.log(2));

  /** Rounds to an integer n and leaves n + 127 in the lowest bits: shifted up, that is 2ⁿ. */
  static final float ROUNDER = 0x1.8p23f + 127;

  /** From here on down n would be -127, which has no exponent: 0 instead. */
  static final float LOWEST = -87.33f;

  /** e^r = 1 + r + r² (E2 + …): the polynomial of {@link SimdMathF32}. */
  static final float E2 = 0.49999994f;

  static final float E3 = 0.16666521f;
  static final float E4 = 0.04166839f;
  static final float E5 = 0.0083687175f;
  static final float E6 = 0.0013814587f;

  private static VectorShuffle<Float> down(int lanes) {
    return VectorShuffle.iota(SPECIES, lanes % LANES, 1, true);
  }

  @Override
  public void greatest(float[] x, int rows, int n, double[] greatest) {
    for (int row = 0; row < rows; row++) {
      FloatVector m = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      for (int i = row * n; i < (row + 1) * n; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, i);
        m = m.blend(v, v.compare(GT, m));
      }
      if (LANES > 8) {
        FloatVector v = m.rearrange(DOWN_8);
        m = m.blend(v, v.compare(GT, m));
      }
      if (LANES > 4) {
        FloatVector v = m.rearrange(DOWN_4);
        m = m.blend(v, v.compare(GT, m));
      }
      FloatVector v = m.rearrange(DOWN_2);
      m = m.blend(v, v.compare(GT, m));
      greatest[row] = Math.max(m.lane(0), m.lane(1));
    }
  }

  @Override
  public void powers(float[] x, int rows, int n, double[] shifts, double[] sums) {
    FloatVector c5 = FloatVector.broadcast(SPECIES, E5);
    FloatVector c4 = FloatVector.broadcast(SPECIES, E4);
    FloatVector c3 = FloatVector.broadcast(SPECIES, E3);
    FloatVector c2 = FloatVector.broadcast(SPECIES, E2);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
    FloatVector high = FloatVector.broadcast(SPECIES, MINUS_LN2_HIGH);
    FloatVector low = FloatVector.broadcast(SPECIES, MINUS_LN2_LOW);
    for (int row = 0; row < rows; row++) {
      FloatVector shift = FloatVector.broadcast(SPECIES, (float) shifts[row]);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = row * n; i < (row + 1) * n; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, i).sub(shift);
        FloatVector k = v.fma(FloatVector.broadcast(SPECIES, LOG2_E), rounder);
        FloatVector integer = k.sub(rounder);
        FloatVector r = integer.fma(low, integer.fma(high, v));
        FloatVector series = r.fma(FloatVector.broadcast(SPECIES, E6), c5);
        series = series.fma(r, c4).fma(r, c3).fma(r, c2).fma(r, one).fma(r, one);
        FloatVector scale = k.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector power = series.mul(scale).blend(0f, v.compare(LT, LOWEST));
        power.intoArray(x, i);
        sum = sum.add(power);
      }
      if (LANES > 8) {
        sum = sum.add(sum.rearrange(DOWN_8));
      }
      if (LANES > 4) {
        sum = sum.add(sum.rearrange(DOWN_4));
      }
      sum = sum.add(sum.rearrange(DOWN_2));
      sums[row] += sum.lane(0) + sum.lane(1);
    }
  }

  @Override
  public void slopes(float[] y, float[] dy, int rows, int n, double[] inners) {
    for (int row = 0; row < rows; row++) {
      FloatVector inner = FloatVector.broadcast(SPECIES, (float) inners[row]);
      for (int i = row * n; i < (row + 1) * n; i += LANES) {
        FloatVector d = FloatVector.fromArray(SPECIES, dy, i).sub(inner);
        FloatVector.fromArray(SPECIES, y, i).mul(d).intoArray(dy, i);
      }
    }
  }
}
