package dev.weft.mp4sr.model;

import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RandomKey;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Complementary sequence mixup (MP4SR, section "complementary sequence mixup"): where the mask is
 * set, the text sequence takes the item's image embedding and the image sequence its text
 * embedding, so that together they hold every embedding once.
 */
public final class ComplementaryMixup {
  private ComplementaryMixup() {}

  /**
   * Which positions are swapped: each real one with probability {@code ratio}.
   *
   * @return BOOL [batch, seq]; padding is never swapped
   */
  public static Tensor mask(SequenceBatch batch, double ratio, RandomKey key) {
    float[] uniform = Ops.randomUniform(DType.F32, batch.items().shape(), key).toFloats();
    int[] lengths = batch.lengths().toInts();
    boolean[] swapped = new boolean[uniform.length];
    for (int i = 0; i < swapped.length; i++) {
      boolean real = i % batch.length() < lengths[i / batch.length()];
      swapped[i] = real && uniform[i] < ratio;
    }
    return Tensor.of(swapped, batch.size(), batch.length());
  }

  /**
   * Mixes by choosing rows. Of a table whose first {@code items} rows are the items' text
   * embeddings and whose next are their image embeddings, the rows of the text sequences and, below
   * them, of the image sequences.
   *
   * @param positions I32 [batch, seq], items by their place in the table
   * @param mask BOOL [batch, seq]; null: nothing is swapped
   * @return I32 [2 batch, seq]
   */
  static Tensor rows(Tensor positions, Tensor mask, int items) {
    int[] own = positions.toInts();
    int[] swapped = mask == null ? new int[own.length] : mask.toInts();
    int[] rows = new int[2 * own.length];
    for (int i = 0; i < own.length; i++) {
      rows[i] = own[i] + items * swapped[i];
      rows[own.length + i] = own[i] + items * (1 - swapped[i]);
    }
    return Tensor.of(rows, Shape.of(2 * positions.dim(0), positions.dim(1)).dims());
  }
}
