package dev.weft.mp4sr.model;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import java.util.Arrays;
import java.util.List;

/**
 * Histories of one batch, oldest item first. A row may stand for several histories: since the
 * encoder is causal, what it gives at a position is what it gives for the history that ends there.
 *
 * @param items I32 [batch, seq], item numbers from 1, padded on the right with 0
 * @param lengths I32 [batch], how many items of each row are real; at least 1
 * @param ends I32 [cases], where the histories that are meant end, as row · seq + position; null:
 *     each row is one history and ends at its last real item
 */
public record SequenceBatch(Tensor items, Tensor lengths, Tensor ends) {
  /** Checks types and shapes. */
  public SequenceBatch {
    boolean shaped = items.rank() == 2 && lengths.shape().equals(Shape.of(items.dim(0)));
    if (items.dtype() != DType.I32 || lengths.dtype() != DType.I32 || !shaped) {
      throw new TensorException(
          "sequence batch: items are "
              + items
              + " and lengths "
              + lengths
              + "; they must be I32 [batch, seq] and I32 [batch]");
    }
    if (ends != null && (ends.dtype() != DType.I32 || ends.rank() != 1)) {
      throw new TensorException("sequence batch: ends are " + ends + "; they must be I32 [cases]");
    }
  }

  /** Rows that are one history each. */
  public SequenceBatch(Tensor items, Tensor lengths) {
    this(items, lengths, null);
  }

  /**
   * The batch of these histories, as long as the longest of them; of longer ones than {@code
   * maxLength} the most recent items stay.
   *
   * @param sequences none empty
   */
  public static SequenceBatch of(List<int[]> sequences, int maxLength) {
    int longest = 1;
    for (int[] sequence : sequences) {
      longest = Math.max(longest, Math.min(sequence.length, maxLength));
    }
    int[] items = new int[sequences.size() * longest];
    int[] lengths = new int[sequences.size()];
    for (int row = 0; row < lengths.length; row++) {
      int[] sequence = sequences.get(row);
      if (sequence.length == 0) {
        throw new TensorException("sequence batch: history " + row + " is empty");
      }
      lengths[row] = Math.min(sequence.length, maxLength);
      System.arraycopy(
          sequence, sequence.length - lengths[row], items, row * longest, lengths[row]);
    }
    return new SequenceBatch(
        Tensor.of(items, lengths.length, longest), Tensor.of(lengths, lengths.length));
  }

  /** The same rows, each standing for all the histories that end at one of its real items. */
  public SequenceBatch everyPosition() {
    int[] counts = lengths.toInts();
    int[] every = new int[Arrays.stream(counts).sum()];
    int at = 0;
    for (int row = 0; row < counts.length; row++) {
      for (int position = 0; position < counts[row]; position++) {
        every[at++] = row * length() + position;
      }
    }
    return new SequenceBatch(items, lengths, Tensor.of(every, every.length));
  }

  /** Number of histories that are meant. */
  public int cases() {
    return ends == null ? size() : ends.numel();
  }

  /** Number of rows. */
  public int size() {
    return items.dim(0);
  }

  /** Extent of the sequence axis, padding included. */
  public int length() {
    return items.dim(1);
  }
}
