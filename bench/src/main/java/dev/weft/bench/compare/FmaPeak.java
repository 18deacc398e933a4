package dev.weft.bench.compare;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Fused multiply-adds that wait for nothing: a core starts two a cycle and each takes four cycles,
 * so sixteen independent sums keep it full. They start apart, so that the compiler cannot see that
 * they are alike, and go to two, so that none becomes denormal or infinite. Loaded only where the
 * Vector API is.
 */
final class FmaPeak implements Job {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int SUMS = 16;
  private static final int ROUNDS = (int) (Cost.FMA_PEAK_FLOPS / (2L * SUMS * SPECIES.length()));

  private final float[] total = new float[SPECIES.length()];

  @Override
  public void run() {
    loop(ROUNDS).intoArray(total, 0);
  }

  @Override
  public float[] result() {
    return new float[] {loop(ROUNDS).lane(0)};
  }

  private static FloatVector loop(int rounds) {
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector s0 = start(0);
    FloatVector s1 = start(1);
    FloatVector s2 = start(2);
    FloatVector s3 = start(3);
    FloatVector s4 = start(4);
    FloatVector s5 = start(5);
    FloatVector s6 = start(6);
    FloatVector s7 = start(7);
    FloatVector s8 = start(8);
    FloatVector s9 = start(9);
    FloatVector s10 = start(10);
    FloatVector s11 = start(11);
    FloatVector s12 = start(12);
    FloatVector s13 = start(13);
    FloatVector s14 = start(14);
    FloatVector s15 = start(15);
    for (int i = 0; i < rounds; i++) {
      s0 = s0.fma(half, one);
      s1 = s1.fma(half, one);
      s2 = s2.fma(half, one);
      s3 = s3.fma(half, one);
      s4 = s4.fma(half, one);
      s5 = s5.fma(half, one);
      s6 = s6.fma(half, one);
      s7 = s7.fma(half, one);
      s8 = s8.fma(half, one);
      s9 = s9.fma(half, one);
      s10 = s10.fma(half, one);
      s11 = s11.fma(half, one);
      s12 = s12.fma(half, one);
      s13 = s13.fma(half, one);
      s14 = s14.fma(half, one);
      s15 = s15.fma(half, one);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7);
    return low.add(s8).add(s9).add(s10).add(s11).add(s12).add(s13).add(s14).add(s15);
  }

  private static FloatVector start(int index) {
    return FloatVector.broadcast(SPECIES, 1 + index / 16f);
  }
}
