package dev.weft.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * F32 packing with the Vector API. Eight lanes are transposed in registers: three rounds exchange
 * blocks of 4 × 4, 2 × 2 and single elements between vectors, each result gathered from two vectors
 * by one instruction where there is one (AVX-512). Elements move as integers, whose indices need no
 * conversion.
 */
abstract class SimdPackingF32 extends PackingF32 {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> BITS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** As many shorts as there are lanes; null where vectors are too short for that. */
  private static final VectorSpecies<Short> HALVES_OF_LANES =
      SPECIES.vectorBitSize() < 128
          ? null
          : VectorSpecies.of(short.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

  private static final int STRIP = 4;

  /** Lanes transposed together. */
  private static final int GROUP = 8;

  /** Steps in a vector after the first round: one for each group of lanes that fits. */
  private static final int HALVES = Math.max(1, LANES / GROUP);

  private static final IntVector UPPER_4 = indices(4, 0);
  private static final IntVector LOWER_4 = indices(4, 4);
  private static final IntVector UPPER_2 = indices(2, 0);
  private static final IntVector LOWER_2 = indices(2, 2);
  private static final IntVector UPPER_1 = indices(1, 0);
  private static final IntVector LOWER_1 = indices(1, 1);

  private static final IntVector STRIP_UPPER_2 = stripRows(0);
  private static final IntVector STRIP_LOWER_2 = stripRows(LANES / 2);
  private static final IntVector STRIP_UPPER_1 = stripSteps(0);
  private static final IntVector STRIP_LOWER_1 = stripSteps(LANES / STRIP);

  private static final IntVector BLOCKS_UPPER = blocks(0);
  private static final IntVector BLOCKS_LOWER = blocks(LANES / 2);

  private static final IntVector FIRST_STEP = halves(0);
  private static final IntVector SECOND_STEP = halves(GROUP);

  /** Steps that are transposed before they are joined: two groups of them stay in the L1 cache. */
  private static final int CHUNK = 128;

  private final ThreadLocal<float[]> scratch =
      ThreadLocal.withInitial(() -> new float[2 * GROUP * CHUNK]);

  /**
   * What one round takes from vectors x and y (numbered LANES on) that hold lanes {@code distance}
   * apart: within each group, blocks of {@code distance} steps from x and y in turn. The first
   * round also sorts the steps so that group h of the q-th result ends as step HALVES q + h.
   *
   * @param offset 0 for the result that stands where x did, {@code distance} for y's
   */
  private static IntVector indices(int distance, int offset) {
    int[] indices = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      int half = i / GROUP;
      int inGroup = i % GROUP;
      int step = (inGroup & ~distance) | offset;
      int from = distance == 4 ? step * HALVES + half : half * GROUP + step;
      indices[i] = (inGroup & distance) == 0 ? from : LANES + from;
    }
    return IntVector.fromArray(BITS, indices, 0);
  }

  /** Half a vector, from {@code at} on, of x and of y. */
  private static IntVector halves(int at) {
    int[] indices = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      indices[i] = i / GROUP * LANES + (at + i % GROUP) % LANES;
    }
    return IntVector.fromArray(BITS, indices, 0);
  }

  /** Blocks of four from half a vector x, from {@code at} on, and half a vector y, in turn. */
  private static IntVector blocks(int at) {
    int[] indices = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      int block = i / STRIP;
      indices[i] = block % 2 * LANES + at + block / 2 * STRIP + i % STRIP;
    }
    return IntVector.fromArray(BITS, indices, 0);
  }

  /** A strip's first round: steps from {@code step} on of vector x and of y in turn. */
  private static IntVector stripRows(int step) {
    int[] indices = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      indices[i] = i % 2 * LANES + step + i / 2;
    }
    return IntVector.fromArray(BITS, indices, 0);
  }

  /** A strip's second round: all four lanes of each step from {@code step} on. */
  private static IntVector stripSteps(int step) {
    int[] indices = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      int lane = i % STRIP;
      indices[i] = lane % 2 * LANES + 2 * (step + i / STRIP) + lane / 2;
    }
    return IntVector.fromArray(BITS, indices, 0);
  }

  @Override
  final int copyPanels(
      float[] source,
      int at,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width,
      int apart) {
    int lane = 0;
    if (width == STRIP && LANES == STRIP * STRIP) {
      for (; lane <= lanes - LANES; lane += LANES) {
        int to = outAt + lane / STRIP * apart;
        copyStrips(source, at + lane, stepStride, steps, out, to, apart);
      }
    }
    return lane;
  }

  /** Four strips of four lanes: blocks of four lanes and four steps change places. */
  private static void copyStrips(
      float[] source, int at, int stepStride, int steps, float[] out, int outAt, int apart) {
    int p = 0;
    for (; p <= steps - STRIP; p += STRIP) {
      int from = at + p * stepStride;
      IntVector a0 = bits(source, from);
      IntVector a1 = bits(source, from + stepStride);
      IntVector a2 = bits(source, from + 2 * stepStride);
      IntVector a3 = bits(source, from + 3 * stepStride);
      IntVector b0 = BLOCKS_UPPER.selectFrom(a0, a2);
      IntVector b1 = BLOCKS_UPPER.selectFrom(a1, a3);
      IntVector b2 = BLOCKS_LOWER.selectFrom(a0, a2);
      IntVector b3 = BLOCKS_LOWER.selectFrom(a1, a3);
      int to = outAt + p * STRIP;
      put(BLOCKS_UPPER.selectFrom(b0, b1), out, to);
      put(BLOCKS_LOWER.selectFrom(b0, b1), out, to + apart);
      put(BLOCKS_UPPER.selectFrom(b2, b3), out, to + 2 * apart);
      put(BLOCKS_LOWER.selectFrom(b2, b3), out, to + 3 * apart);
    }
    for (; p < steps; p++) {
      for (int i = 0; i < LANES; i++) {
        out[outAt + i / STRIP * apart + p * STRIP + i % STRIP] = source[at + p * stepStride + i];
      }
    }
  }

  @Override
  final void copyPanel(
      float[] source,
      int at,
      int lanes,
      int stepStride,
      int steps,
      float[] out,
      int outAt,
      int width) {
    if (lanes == width && width == 2 * LANES) {
      for (int p = 0; p < steps; p++) {
        int from = at + p * stepStride;
        int to = outAt + p * (2 * LANES);
        FloatVector.fromArray(SPECIES, source, from).intoArray(out, to);
        FloatVector.fromArray(SPECIES, source, from + LANES).intoArray(out, to + LANES);
      }
    } else if (lanes == STRIP && width == STRIP) {
      copyStrip(source, at, stepStride, steps, out, outAt);
    } else {
      super.copyPanel(source, at, lanes, stepStride, steps, out, outAt, width);
    }
  }

  /**
   * Whole vectors for strips of four: what a store puts too much, the next one overwrites, and
   * there is room behind the last. No shorter vectors, since methods of FloatVector that have met
   * two lengths are compiled for neither (docs/benchmarks.md).
   */
  private static void copyStrip(
      float[] source, int at, int stepStride, int steps, float[] out, int outAt) {
    int p = 0;
    for (; p <= steps - LANES / STRIP && at + p * stepStride + LANES <= source.length; p++) {
      FloatVector.fromArray(SPECIES, source, at + p * stepStride).intoArray(out, outAt + p * STRIP);
    }
    for (; p < steps; p++) {
      System.arraycopy(source, at + p * stepStride, out, outAt + p * STRIP, STRIP);
    }
  }

  @Override
  final int transpose(
      float[] source,
      int at,
      int laneStride,
      int lanes,
      int steps,
      float[] out,
      int outAt,
      int width) {
    if (LANES < GROUP) {
      return 0;
    }
    if (lanes == STRIP && width == STRIP) {
      int done = transposeStrip(source, at, laneStride, steps, out, outAt);
      transposeRest(source, at, laneStride, STRIP, done, steps, out, outAt, width);
      return STRIP;
    }
    if (LANES < GROUP) {
      return 0;
    }
    float[] groups = scratch.get();
    int second = GROUP * CHUNK;
    int lane = 0;
    for (; lane <= lanes - 2 * GROUP; lane += 2 * GROUP) {
      int from = at + lane * laneStride;
      int to = outAt + lane;
      int whole = steps / LANES * LANES;
      for (int p = 0; p < whole; p += CHUNK) {
        int chunk = Math.min(CHUNK, whole - p);
        transposeGroup(source, from + p, laneStride, chunk, groups, 0);
        transposeGroup(source, from + GROUP * laneStride + p, laneStride, chunk, groups, second);
        joinGroups(groups, 0, second, chunk, out, to + p * width, width);
      }
      transposeRest(source, from, laneStride, 2 * GROUP, whole, steps, out, to, width);
    }
    return lane;
  }

  /** The steps from {@code done} on, which fill no vector. */
  private static void transposeRest(
      float[] source,
      int at,
      int laneStride,
      int lanes,
      int done,
      int steps,
      float[] out,
      int outAt,
      int width) {
    for (int i = 0; i < lanes; i++) {
      for (int p = done; p < steps; p++) {
        out[outAt + p * width + i] = source[at + i * laneStride + p];
      }
    }
  }

  /** Four lanes, packed side by side; returns how many steps it has done, a multiple of LANES. */
  private static int transposeStrip(
      float[] source, int at, int laneStride, int steps, float[] out, int outAt) {
    int at1 = at + laneStride;
    int at2 = at1 + laneStride;
    int at3 = at2 + laneStride;
    int p = 0;
    for (; p <= steps - LANES; p += LANES) {
      IntVector a0 = bits(source, at + p);
      IntVector a1 = bits(source, at1 + p);
      IntVector a2 = bits(source, at2 + p);
      IntVector a3 = bits(source, at3 + p);
      IntVector b0 = STRIP_UPPER_2.selectFrom(a0, a2);
      IntVector b1 = STRIP_UPPER_2.selectFrom(a1, a3);
      IntVector b2 = STRIP_LOWER_2.selectFrom(a0, a2);
      IntVector b3 = STRIP_LOWER_2.selectFrom(a1, a3);
      int to = outAt + p * STRIP;
      put(STRIP_UPPER_1.selectFrom(b0, b1), out, to);
      put(STRIP_LOWER_1.selectFrom(b0, b1), out, to + LANES);
      put(STRIP_UPPER_1.selectFrom(b2, b3), out, to + 2 * LANES);
      put(STRIP_LOWER_1.selectFrom(b2, b3), out, to + 3 * LANES);
    }
    return p;
  }

  private static void put(IntVector bits, float[] out, int at) {
    bits.reinterpretAsFloats().intoArray(out, at);
  }

  /** Eight lanes, packed side by side; {@code steps} is a multiple of LANES. */
  private static void transposeGroup(
      float[] source, int at, int laneStride, int steps, float[] out, int outAt) {
    int at1 = at + laneStride;
    int at2 = at1 + laneStride;
    int at3 = at2 + laneStride;
    int at4 = at3 + laneStride;
    int at5 = at4 + laneStride;
    int at6 = at5 + laneStride;
    int at7 = at6 + laneStride;
    for (int p = 0; p < steps; p += LANES) {
      IntVector a0 = bits(source, at + p);
      IntVector a1 = bits(source, at1 + p);
      IntVector a2 = bits(source, at2 + p);
      IntVector a3 = bits(source, at3 + p);
      IntVector a4 = bits(source, at4 + p);
      IntVector a5 = bits(source, at5 + p);
      IntVector a6 = bits(source, at6 + p);
      IntVector a7 = bits(source, at7 + p);
      IntVector b0 = UPPER_4.selectFrom(a0, a4);
      IntVector b4 = LOWER_4.selectFrom(a0, a4);
      IntVector b1 = UPPER_4.selectFrom(a1, a5);
      IntVector b5 = LOWER_4.selectFrom(a1, a5);
      IntVector b2 = UPPER_4.selectFrom(a2, a6);
      IntVector b6 = LOWER_4.selectFrom(a2, a6);
      IntVector b3 = UPPER_4.selectFrom(a3, a7);
      IntVector b7 = LOWER_4.selectFrom(a3, a7);
      IntVector c0 = UPPER_2.selectFrom(b0, b2);
      IntVector c2 = LOWER_2.selectFrom(b0, b2);
      IntVector c1 = UPPER_2.selectFrom(b1, b3);
      IntVector c3 = LOWER_2.selectFrom(b1, b3);
      IntVector c4 = UPPER_2.selectFrom(b4, b6);
      IntVector c6 = LOWER_2.selectFrom(b4, b6);
      IntVector c5 = UPPER_2.selectFrom(b5, b7);
      IntVector c7 = LOWER_2.selectFrom(b5, b7);
      IntVector d0 = UPPER_1.selectFrom(c0, c1);
      IntVector d1 = LOWER_1.selectFrom(c0, c1);
      IntVector d2 = UPPER_1.selectFrom(c2, c3);
      IntVector d3 = LOWER_1.selectFrom(c2, c3);
      IntVector d4 = UPPER_1.selectFrom(c4, c5);
      IntVector d5 = LOWER_1.selectFrom(c4, c5);
      IntVector d6 = UPPER_1.selectFrom(c6, c7);
      IntVector d7 = LOWER_1.selectFrom(c6, c7);
      int to = outAt + p * GROUP;
      put(d0, out, to);
      put(d1, out, to + LANES);
      put(d2, out, to + 2 * LANES);
      put(d3, out, to + 3 * LANES);
      put(d4, out, to + 4 * LANES);
      put(d5, out, to + 5 * LANES);
      put(d6, out, to + 6 * LANES);
      put(d7, out, to + 7 * LANES);
    }
  }

  /** Two groups of eight lanes become the 16 lanes of each step. */
  private static void joinGroups(
      float[] groups, int first, int second, int steps, float[] out, int outAt, int width) {
    for (int p = 0; p < steps; p += HALVES) {
      IntVector a = bits(groups, first + p * GROUP);
      IntVector b = bits(groups, second + p * GROUP);
      int to = outAt + p * width;
      if (HALVES == 1) {
        put(a, out, to);
        put(b, out, to + GROUP);
      } else {
        put(FIRST_STEP.selectFrom(a, b), out, to);
        put(SECOND_STEP.selectFrom(a, b), out, to + width);
      }
    }
  }

  /** BF16 is the upper half of F32. */
  @Override
  final int widenBrain(short[] source, int at, int length, float[] out, int outAt) {
    if (HALVES_OF_LANES == null) {
      return 0;
    }
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      IntVector bits =
          (IntVector)
              ShortVector.fromArray(HALVES_OF_LANES, source, at + i).convertShape(S2I, BITS, 0);
      put(bits.lanewise(LSHL, Short.SIZE), out, outAt + i);
    }
    return i;
  }

  private static IntVector bits(float[] source, int at) {
    return FloatVector.fromArray(SPECIES, source, at).reinterpretAsInts();
  }
}
