package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows of F32 scores with the Vector API. Lanes are folded by exchanges in a fixed order: half with
 * half, quarter with quarter and so on.
 */
final class SimdScoresF32 implements ScoreLoops<float[]> {
  private static final VectorShuffle<Float> BY_8 = exchange(8);
  private static final VectorShuffle<Float> BY_4 = exchange(4);
  private static final VectorShuffle<Float> BY_2 = exchange(2);
  private static final VectorShuffle<Float> BY_1 = exchange(1);

  private static final FloatVector LOG2_E = constant(1 / Math.log(2));
  private static final FloatVector MINUS_LN2_HIGH = constant(-Math.log(2));
  private static final FloatVector MINUS_LN2_LOW = constant((float) Math.log(2) - Math.log(2));

  /**
   * Adding this rounds to an integer n, and leaves n + 127 in the lowest bits: shifted to where the
   * exponent stands, that is 2ⁿ.
   */
  private static final FloatVector ROUNDER = constant(0x1.8p23 + 127);

  /** From here on down n is -127, whose bits are those of 0. */
  private static final FloatVector LOWEST = constant(-88);

  /** 1/k!, for Taylor's series of e^x. */
  private static final FloatVector E2 = constant(1.0 / 2);

  private static final FloatVector E3 = constant(1.0 / 6);
  private static final FloatVector E4 = constant(1.0 / 24);
  private static final FloatVector E5 = constant(1.0 / 120);
  private static final FloatVector E6 = constant(1.0 / 720);
  private static final FloatVector E7 = constant(1.0 / 5040);
  private static final FloatVector ONE = constant(1);

  private static FloatVector constant(double value) {
    return FloatVector.broadcast(SPECIES, (float) value);
  }

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
  }

  /** A comparison and a choice: Java's max takes several times as long for NaN and -0. */
  private static FloatVector greater(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(GT, a));
  }

  @Override
  public double greatest(float[] x, int at, int n) {
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      m0 = greater(m0, FloatVector.fromArray(SPECIES, x, at + i));
      m1 = greater(m1, FloatVector.fromArray(SPECIES, x, at + i + LANES));
    }
    if (i < n) {
      m0 = greater(m0, FloatVector.fromArray(SPECIES, x, at + i));
    }
    FloatVector lanes = greater(m0, m1);
    if (LANES > 8) {
      lanes = greater(lanes, lanes.rearrange(BY_8));
    }
    if (LANES > 4) {
      lanes = greater(lanes, lanes.rearrange(BY_4));
    }
    lanes = greater(lanes, lanes.rearrange(BY_2));
    lanes = greater(lanes, lanes.rearrange(BY_1));
    return lanes.lane(0);
  }

  @Override
  public double powers(float[] x, int at, double shift, int n) {
    FloatVector centre = FloatVector.broadcast(SPECIES, (float) shift);
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      FloatVector p0 = exp(FloatVector.fromArray(SPECIES, x, at + i).sub(centre));
      FloatVector p1 = exp(FloatVector.fromArray(SPECIES, x, at + i + LANES).sub(centre));
      p0.intoArray(x, at + i);
      p1.intoArray(x, at + i + LANES);
      s0 = s0.add(p0);
      s1 = s1.add(p1);
    }
    if (i < n) {
      FloatVector p0 = exp(FloatVector.fromArray(SPECIES, x, at + i).sub(centre));
      p0.intoArray(x, at + i);
      s0 = s0.add(p0);
    }
    return total(s0.add(s1));
  }

  private static double total(FloatVector sums) {
    FloatVector lanes = sums;
    if (LANES > 8) {
      lanes = lanes.add(lanes.rearrange(BY_8));
    }
    if (LANES > 4) {
      lanes = lanes.add(lanes.rearrange(BY_4));
    }
    lanes = lanes.add(lanes.rearrange(BY_2));
    lanes = lanes.add(lanes.rearrange(BY_1));
    return lanes.lane(0);
  }

  /**
   * {@code e^x = 2ⁿ e^r} for x that is not above 80: scores less their greatest. What would be
   * below the least normal number may be 0.
   */
  private static FloatVector exp(FloatVector x) {
    FloatVector limited = x.blend(LOWEST, x.compare(LT, LOWEST));
    FloatVector shifted = limited.fma(LOG2_E, ROUNDER);
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, limited));
    FloatVector power =
        E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r, ONE).fma(r, ONE);
    return power.mul(shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats());
  }
}
