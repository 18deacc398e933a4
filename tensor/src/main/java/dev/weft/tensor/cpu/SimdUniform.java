package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.weft.tensor.RandomKey;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Uniform numbers from as many Philox blocks at a time as a vector has longs: each lane holds one
 * 32-bit word of its block, so that the product of two words fits. The upper half of a lane is only
 * cleared before a product: the compiler then takes the one instruction that multiplies 32-bit
 * words, where a product of longs takes three.
 */
final class SimdUniform implements UniformLoops {
  private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private static final long LOW = 0xFFFFFFFFL;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  /** Lane i of a, then lane i of b, for the lower half of the lanes, and for the upper one. */
  private static final VectorShuffle<Long> LOWER = VectorShuffle.makeZip(SPECIES, 0);

  private static final VectorShuffle<Long> UPPER = VectorShuffle.makeZip(SPECIES, 1);

  @Override
  public void fill(RandomKey key, long from, int n, float[] out) {
    LongVector stream = LongVector.broadcast(SPECIES, key.stream());
    LongVector multiplier0 = LongVector.broadcast(SPECIES, MULTIPLIER_0).and(LOW);
    LongVector multiplier1 = LongVector.broadcast(SPECIES, MULTIPLIER_1).and(LOW);
    for (int i = 0; i < n; i += 4 * LANES) {
      LongVector block = LongVector.broadcast(SPECIES, (from + i) >>> 2).addIndex(1);
      LongVector c0 = block;
      LongVector c1 = block.lanewise(LSHR, 32);
      LongVector c2 = stream;
      LongVector c3 = stream.lanewise(LSHR, 32);
      int k0 = (int) key.seed();
      int k1 = (int) (key.seed() >>> 32);
      for (int round = 0; round < ROUNDS; round++) {
        LongVector product0 = c0.and(LOW).mul(multiplier0);
        LongVector product1 = c2.and(LOW).mul(multiplier1);
        c0 = product1.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0 & LOW);
        c1 = product1;
        c2 = product0.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1 & LOW);
        c3 = product0;
        k0 += WEYL_0;
        k1 += WEYL_1;
      }
      // Words 0 and 1 of a block side by side in one lane, words 2 and 3 in another.
      LongVector first = c0.and(LOW).or(c1.lanewise(LSHL, 32));
      LongVector second = c2.and(LOW).or(c3.lanewise(LSHL, 32));
      toUniform(first.rearrange(LOWER, second)).intoArray(out, i);
      toUniform(first.rearrange(UPPER, second)).intoArray(out, i + 2 * LANES);
    }
  }

  private static FloatVector toUniform(LongVector words) {
    return ((FloatVector) words.reinterpretAsInts().lanewise(LSHR, 8).convert(I2F, 0))
        .mul(0x1p-24f);
  }
}
