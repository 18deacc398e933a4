package dev.weft.nn.text;

import dev.weft.nn.text.EncodingOptions.Side;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Texts of different lengths as one block.
 *
 * @param inputIds I32 [texts, length]
 * @param typeIds I32 [texts, length], which segment a token belongs to; 0 at padding
 * @param attentionMask BOOL [texts, length], true where there is a token
 */
public record TokenBatch(Tensor inputIds, Tensor typeIds, Tensor attentionMask) {

  /**
   * Pads to the longest of the encodings.
   *
   * @param maxLength what no encoding may exceed
   * @throws TokenizerException if one does: cutting here would lose its end token
   */
  public static TokenBatch pad(List<Encoding> encodings, int maxLength, int padId) {
    int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
    if (longest > maxLength) {
      throw new TokenizerException(
          "batch: an encoding has "
              + longest
              + " tokens, at most "
              + maxLength
              + " are allowed; lower the tokenizer's maxLength");
    }
    return padTo(encodings, longest, padId);
  }

  /** Pads to a given length, which no encoding may exceed. */
  public static TokenBatch padTo(List<Encoding> encodings, int length, int padId) {
    return fill(encodings, length, Side.RIGHT, padId);
  }

  /**
   * Pads as asked for.
   *
   * @throws TokenizerException if an encoding is longer than the length asked for
   */
  public static TokenBatch pad(List<Encoding> encodings, Padding padding, int padId) {
    int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
    return fill(encodings, padding.lengthFor(longest), padding.side(), padId);
  }

  /** The ids of each text, padding included. */
  public int[][] rows() {
    int[] ids = inputIds.toInts();
    int texts = inputIds.shape().dim(0);
    int[][] rows = new int[texts][];
    for (int row = 0; row < texts; row++) {
      int length = ids.length / texts;
      rows[row] = Arrays.copyOfRange(ids, row * length, (row + 1) * length);
    }
    return rows;
  }

  private static TokenBatch fill(List<Encoding> encodings, int length, Side side, int padId) {
    int[] ids = new int[Math.multiplyExact(encodings.size(), length)];
    int[] types = new int[ids.length];
    boolean[] mask = new boolean[ids.length];
    Arrays.fill(ids, padId);
    for (int row = 0; row < encodings.size(); row++) {
      Encoding encoding = encodings.get(row);
      if (encoding.length() > length) {
        throw new TokenizerException(
            "batch: text %d has %d tokens, the batch %d".formatted(row, encoding.length(), length));
      }
      int left = side == Side.LEFT ? length - encoding.length() : 0;
      int at = row * length + left;
      System.arraycopy(encoding.ids(), 0, ids, at, encoding.length());
      System.arraycopy(encoding.typeIds(), 0, types, at, encoding.length());
      Arrays.fill(mask, at, at + encoding.length(), true);
    }
    return new TokenBatch(
        Tensor.of(ids, encodings.size(), length),
        Tensor.of(types, encodings.size(), length),
        Tensor.of(mask, encodings.size(), length));
  }
}
