package dev.weft.nn.text;

import java.util.Arrays;

/**
 * A text as a model takes it.
 *
 * @param ids token ids with the special tokens, not longer than the tokenizer's maximum
 */
public record Encoding(int[] ids) {

  /** Number of tokens. */
  public int length() {
    return ids.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Encoding encoding && Arrays.equals(ids, encoding.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
