package dev.weft.mp4sr.model;

import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Tensor;
import java.util.Arrays;

/**
 * Sequence random dropout (MP4SR, section "sequence random dropout"): items of a history are left
 * out at random, and the others move together. The first item always stays.
 */
public final class SequenceDropout {
  private SequenceDropout() {}

  /**
   * Drops each item but the first with probability {@code ratio}.
   *
   * @return a batch of the same extents; lengths may be shorter. A history that ended at a dropped
   *     item ends at the last one kept before it
   */
  public static SequenceBatch drop(SequenceBatch batch, double ratio, RandomKey key) {
    float[] uniform = Ops.randomUniform(DType.F32, batch.items().shape(), key).toFloats();
    int[] items = batch.items().toInts();
    int[] lengths = batch.lengths().toInts();
    int[] kept = new int[items.length];
    int[] moved = new int[items.length];
    for (int row = 0; row < lengths.length; row++) {
      int first = row * batch.length();
      int at = first;
      for (int i = first; i < first + lengths[row]; i++) {
        if (i == first || uniform[i] >= ratio) {
          kept[at++] = items[i];
        }
        moved[i] = at - 1;
      }
      lengths[row] = at - first;
    }
    return new SequenceBatch(
        Tensor.of(kept, batch.size(), batch.length()),
        Tensor.of(lengths, batch.size()),
        ends(batch.ends(), moved));
  }

  private static Tensor ends(Tensor before, int[] moved) {
    if (before == null) {
      return null;
    }
    int[] ends = before.toInts();
    Arrays.setAll(ends, i -> moved[ends[i]]);
    return Tensor.of(ends, ends.length);
  }
}
