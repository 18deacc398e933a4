package dev.weft.tensor.cpu;

import static dev.weft.tensor.cpu.SimdMathF32.LANES;
import static dev.weft.tensor.cpu.SimdMathF32.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import dev.weft.tensor.ReduceOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Folds of F32 with the Vector API, in four interleaved vectors. The lanes are added in a fixed
 * order: the one of {@code reduceLanes} is free to differ between an interpreted and a compiled
 * run, and so are its bits.
 */
final class SimdFoldsF32 implements FoldLoops<float[]> {
  private static final int STEP = 4 * LANES;
  private static final VectorShuffle<Float> DOWN_8 = down(8);
  private static final VectorShuffle<Float> DOWN_4 = down(4);
  private static final VectorShuffle<Float> DOWN_2 = down(2);

  private static VectorShuffle<Float> down(int lanes) {
    return VectorShuffle.iota(SPECIES, lanes % LANES, 1, true);
  }

  @Override
  public double fold(ReduceOp op, float[] x, int xAt, int n) {
    return switch (op) {
      case SUM -> sum(x, xAt, n);
      case MAX -> max(x, xAt, n);
      case MIN -> min(x, xAt, n);
    };
  }

  private static double sum(float[] x, int xAt, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i <= n - STEP; i += STEP) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xAt + i));
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, xAt + i + LANES));
      s2 = s2.add(FloatVector.fromArray(SPECIES, x, xAt + i + 2 * LANES));
      s3 = s3.add(FloatVector.fromArray(SPECIES, x, xAt + i + 3 * LANES));
    }
    for (; i < n; i += LANES) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xAt + i, SPECIES.indexInRange(i, n)));
    }
    return total(s0.add(s1).add(s2.add(s3)));
  }

  /** The sum of the lanes: the upper half is added to the lower one until one is left. */
  static double total(FloatVector lanes) {
    FloatVector sum = lanes;
    sum = LANES > 8 ? sum.add(sum.rearrange(DOWN_8)) : sum;
    sum = LANES > 4 ? sum.add(sum.rearrange(DOWN_4)) : sum;
    sum = LANES > 2 ? sum.add(sum.rearrange(DOWN_2)) : sum;
    return sum.lane(0) + sum.lane(1);
  }

  private static double max(float[] x, int xAt, int n) {
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      m0 = m0.max(FloatVector.fromArray(SPECIES, x, xAt + i));
      m1 = m1.max(FloatVector.fromArray(SPECIES, x, xAt + i + LANES));
    }
    for (; i < n; i += LANES) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      m0 = m0.lanewise(MAX, FloatVector.fromArray(SPECIES, x, xAt + i, rest), rest);
    }
    return m0.max(m1).reduceLanes(MAX);
  }

  private static double min(float[] x, int xAt, int n) {
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (; i <= n - 2 * LANES; i += 2 * LANES) {
      m0 = m0.min(FloatVector.fromArray(SPECIES, x, xAt + i));
      m1 = m1.min(FloatVector.fromArray(SPECIES, x, xAt + i + LANES));
    }
    for (; i < n; i += LANES) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      m0 = m0.lanewise(MIN, FloatVector.fromArray(SPECIES, x, xAt + i, rest), rest);
    }
    return m0.min(m1).reduceLanes(MIN);
  }

  @Override
  public double greatest(float[] x, int xAt, int n) {
    FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    int i = 0;
    for (; i <= n - STEP; i += STEP) {
      m0 = greater(FloatVector.fromArray(SPECIES, x, xAt + i), m0);
      m1 = greater(FloatVector.fromArray(SPECIES, x, xAt + i + LANES), m1);
      m2 = greater(FloatVector.fromArray(SPECIES, x, xAt + i + 2 * LANES), m2);
      m3 = greater(FloatVector.fromArray(SPECIES, x, xAt + i + 3 * LANES), m3);
    }
    for (; i < n; i += LANES) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      m0 = greater(FloatVector.fromArray(SPECIES, x, xAt + i, rest), m0, rest);
    }
    return greatest(greater(greater(m0, m1), greater(m2, m3)));
  }

  /** By halves like {@link #total}: {@code reduceLanes} takes twice as long. */
  private static double greatest(FloatVector lanes) {
    FloatVector m = lanes;
    m = LANES > 8 ? greater(m.rearrange(DOWN_8), m) : m;
    m = LANES > 4 ? greater(m.rearrange(DOWN_4), m) : m;
    m = LANES > 2 ? greater(m.rearrange(DOWN_2), m) : m;
    return Math.max(m.lane(0), m.lane(1));
  }

  /** NaN passed over: two instructions, where {@code max} takes five for the sake of NaN and -0. */
  static FloatVector greater(FloatVector x, FloatVector greatest) {
    return greatest.blend(x, x.compare(GT, greatest));
  }

  static FloatVector greater(FloatVector x, FloatVector greatest, VectorMask<Float> lanes) {
    return greatest.blend(x, x.compare(GT, greatest, lanes));
  }

  @Override
  public double dot(float[] a, int aAt, float[] b, int bAt, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i <= n - STEP; i += STEP) {
      s0 = product(a, aAt + i, b, bAt + i, s0);
      s1 = product(a, aAt + i + LANES, b, bAt + i + LANES, s1);
      s2 = product(a, aAt + i + 2 * LANES, b, bAt + i + 2 * LANES, s2);
      s3 = product(a, aAt + i + 3 * LANES, b, bAt + i + 3 * LANES, s3);
    }
    for (; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector left = FloatVector.fromArray(SPECIES, a, aAt + i, lanes);
      s0 = left.fma(FloatVector.fromArray(SPECIES, b, bAt + i, lanes), s0);
    }
    return total(s0.add(s1).add(s2.add(s3)));
  }

  private static FloatVector product(float[] a, int aAt, float[] b, int bAt, FloatVector sum) {
    FloatVector left = FloatVector.fromArray(SPECIES, a, aAt);
    return left.fma(FloatVector.fromArray(SPECIES, b, bAt), sum);
  }

  @Override
  public double squaredDistance(float[] x, int xAt, double centre, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    float c = (float) centre;
    int i = 0;
    for (; i <= n - STEP; i += STEP) {
      s0 = square(x, xAt + i, c, s0);
      s1 = square(x, xAt + i + LANES, c, s1);
      s2 = square(x, xAt + i + 2 * LANES, c, s2);
      s3 = square(x, xAt + i + 3 * LANES, c, s3);
    }
    for (; i < n; i += LANES) {
      VectorMask<Float> lanes = SPECIES.indexInRange(i, n);
      FloatVector distance = FloatVector.fromArray(SPECIES, x, xAt + i, lanes).sub(c, lanes);
      s0 = distance.fma(distance, s0);
    }
    return total(s0.add(s1).add(s2.add(s3)));
  }

  private static FloatVector square(float[] x, int xAt, float centre, FloatVector sum) {
    FloatVector distance = FloatVector.fromArray(SPECIES, x, xAt).sub(centre);
    return distance.fma(distance, sum);
  }
}
