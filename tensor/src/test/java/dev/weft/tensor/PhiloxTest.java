package dev.weft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhiloxTest {

  private static void assertPermutes(int[] counter, int[] key, int... expected) {
    int[] out = new int[4];
    Philox.permute(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
    assertArrayEquals(expected, out);
  }

  @Test
  void knownAnswers() {
    // philox4x32 10 of the known-answer file that comes with the authors' Random123.
    assertPermutes(new int[4], new int[2], 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertPermutes(
        new int[] {-1, -1, -1, -1},
        new int[] {-1, -1},
        0x408f276d,
        0x41c83b0e,
        0xa20bc7c6,
        0x6d5451fd);
    // Digits of π.
    assertPermutes(
        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
        new int[] {0xa4093822, 0x299f31d0},
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  @Test
  void counterAndKeyAreLaidOutAsDocumented() {
    int[] expected = new int[4];
    int[] out = new int[4];
    Philox.permute(
        0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, expected);
    RandomKey key = new RandomKey(0x299f31d0_a4093822L, 0x03707344_13198a2eL);
    Philox.block(key, 0x85a308d3_243f6a88L, out);
    assertArrayEquals(expected, out);
  }

  @Test
  void uniformNumbersFillTheirInterval() {
    assertEquals(0f, Philox.toUniform(0));
    assertEquals(1 - 0x1p-24f, Philox.toUniform(-1));
    RandomKey key = new RandomKey(1, 2);
    int[] words = new int[4];
    Philox.block(key, 3, words);
    assertEquals(Philox.toUniform(words[1]), Philox.uniform(key, 13));
  }

  @Test
  void normalNumbersAreFiniteAtTheEnds() {
    double[] out = new double[2];
    Philox.toNormals(0, 0, out, 0);
    assertEquals(Math.sqrt(48 * Math.log(2)), out[0], 1e-12);
    Philox.toNormals(-1, -1, out, 0);
    assertTrue(out[0] == 0);
    assertTrue(Double.isFinite(out[1]));
  }

  @Test
  void aSourceNeverRepeatsAKeyAndGoesOnWhereItStopped() {
    RandomSource source = new RandomSource(5);
    Set<RandomKey> keys = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      assertTrue(keys.add(source.nextKey()));
    }
    RandomSource resumed = new RandomSource(source.seed(), source.draws());
    assertEquals(source.nextKey(), resumed.nextKey());
    assertEquals(source.nextUniform(), resumed.nextUniform());
    assertNotEquals(source.nextUniform(), source.nextUniform());
  }
}
