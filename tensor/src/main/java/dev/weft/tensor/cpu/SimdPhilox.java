package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.weft.tensor.RandomKey;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Random words from as many Philox blocks at a time as a vector has ints: vector j holds word j of
 * each. Products need lanes of 64 bits, so those of even lanes and of odd ones are two. Clearing a
 * long's upper half, or shifting it out, tells the compiler that the one instruction will do which
 * multiplies 32-bit words, where a product of longs takes three.
 */
final class SimdPhilox implements PhiloxLoops {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;

  /** Blocks at a time. */
  private static final int LANES = INTS.length();

  private static final long LOW = 0xFFFFFFFFL;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private static final VectorMask<Integer> ODD = VectorMask.fromLong(INTS, 0xAAAAAAAAAAAAAAAAL);

  /** Lane i of one vector, then lane i of another, for the lower half of the lanes. */
  private static final IntVector LOWER = IntVector.fromArray(INTS, zip(0), 0);

  /** The same for the upper half. */
  private static final IntVector UPPER = IntVector.fromArray(INTS, zip(LANES / 2), 0);

  private static final LongVector LOWER_PAIRS = zipOfPairs(0);
  private static final LongVector UPPER_PAIRS = zipOfPairs(LANES / 4);

  private static int[] zip(int from) {
    int[] lanes = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      lanes[i] = from + i / 2 + i % 2 * LANES;
    }
    return lanes;
  }

  private static LongVector zipOfPairs(long from) {
    long[] lanes = new long[LANES / 2];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = from + i / 2 + i % 2L * lanes.length;
    }
    return LongVector.fromArray(LONGS, lanes, 0);
  }

  private final PlainPhilox plain = new PlainPhilox();

  @Override
  public void fill(RandomKey key, long from, int n, int[] out) {
    int end = (n + 4 * LANES - 1) / (4 * LANES) * (4 * LANES);
    if (((from + end) >>> 34) != (from >>> 34)) {
      // The blocks' numbers carry into their upper words.
      plain.fill(key, from, n, out);
      return;
    }
    permute(key, from >>> 2, end, out);
    for (int i = 0; i < end; i += 4 * LANES) {
      interleave(out, i);
    }
  }

  /** Words 0 of some blocks, then their words 1, 2 and 3, then the next blocks. */
  private static void permute(RandomKey key, long block, int n, int[] out) {
    LongVector multiplier0 = LongVector.broadcast(LONGS, MULTIPLIER_0).and(LOW);
    LongVector multiplier1 = LongVector.broadcast(LONGS, MULTIPLIER_1).and(LOW);
    for (int i = 0; i < n; i += 4 * LANES) {
      IntVector c0 = IntVector.broadcast(INTS, (int) block + i / 4).addIndex(1);
      IntVector c1 = IntVector.broadcast(INTS, (int) (block >>> 32));
      IntVector c2 = IntVector.broadcast(INTS, (int) key.stream());
      IntVector c3 = IntVector.broadcast(INTS, (int) (key.stream() >>> 32));
      IntVector k0 = IntVector.broadcast(INTS, (int) key.seed());
      IntVector k1 = IntVector.broadcast(INTS, (int) (key.seed() >>> 32));
      for (int round = 0; round < ROUNDS; round++) {
        LongVector x = c0.reinterpretAsLongs();
        LongVector xEven = x.and(LOW).mul(multiplier0);
        LongVector xOdd = x.lanewise(LSHR, 32).mul(multiplier0);
        LongVector y = c2.reinterpretAsLongs();
        LongVector yEven = y.and(LOW).mul(multiplier1);
        LongVector yOdd = y.lanewise(LSHR, 32).mul(multiplier1);
        c0 = high(yEven, yOdd).lanewise(XOR, c1).lanewise(XOR, k0);
        c1 = low(yEven, yOdd);
        c2 = high(xEven, xOdd).lanewise(XOR, c3).lanewise(XOR, k1);
        c3 = low(xEven, xOdd);
        k0 = k0.add(WEYL_0);
        k1 = k1.add(WEYL_1);
      }
      c0.intoArray(out, i);
      c1.intoArray(out, i + LANES);
      c2.intoArray(out, i + 2 * LANES);
      c3.intoArray(out, i + 3 * LANES);
    }
  }

  /** The upper words of products, where they belong. */
  private static IntVector high(LongVector even, LongVector odd) {
    return even.lanewise(LSHR, 32).reinterpretAsInts().blend(odd.reinterpretAsInts(), ODD);
  }

  private static IntVector low(LongVector even, LongVector odd) {
    return even.reinterpretAsInts().blend(odd.lanewise(LSHL, 32).reinterpretAsInts(), ODD);
  }

  /** Four vectors of words become blocks of four words. */
  private static void interleave(int[] words, int at) {
    IntVector c0 = IntVector.fromArray(INTS, words, at);
    IntVector c1 = IntVector.fromArray(INTS, words, at + LANES);
    IntVector c2 = IntVector.fromArray(INTS, words, at + 2 * LANES);
    IntVector c3 = IntVector.fromArray(INTS, words, at + 3 * LANES);
    LongVector a = LOWER.selectFrom(c0, c1).reinterpretAsLongs();
    LongVector b = LOWER.selectFrom(c2, c3).reinterpretAsLongs();
    LOWER_PAIRS.selectFrom(a, b).reinterpretAsInts().intoArray(words, at);
    UPPER_PAIRS.selectFrom(a, b).reinterpretAsInts().intoArray(words, at + LANES);
    a = UPPER.selectFrom(c0, c1).reinterpretAsLongs();
    b = UPPER.selectFrom(c2, c3).reinterpretAsLongs();
    LOWER_PAIRS.selectFrom(a, b).reinterpretAsInts().intoArray(words, at + 2 * LANES);
    UPPER_PAIRS.selectFrom(a, b).reinterpretAsInts().intoArray(words, at + 3 * LANES);
  }
}
