package dev.weft.nn.text;

import java.util.Arrays;

/**
 * A text, or a pair of texts, as a model takes it.
 *
 * @param ids token ids, special tokens among them
 * @param typeIds for each token which text it belongs to as the model is told: 0 or 1
 * @param offsets for each token where in its text it begins and ends, in UTF-16 units as {@link
 *     String} counts: {@code offsets[2 * i]} to {@code offsets[2 * i + 1]}; both 0 for the special
 *     tokens around the text. Null unless asked for
 */
public record Encoding(int[] ids, int[] typeIds, int[] offsets) {

  /** One text, without offsets. */
  public Encoding(int[] ids) {
    this(ids, new int[ids.length], null);
  }

  /** Number of tokens. */
  public int length() {
    return ids.length;
  }

  /** Where in its text a token begins; needs {@link EncodingOptions#offsets}. */
  public int start(int token) {
    return offsets()[2 * token];
  }

  /** Where in its text a token ends. */
  public int end(int token) {
    return offsets()[2 * token + 1];
  }

  /** Whether there are offsets. */
  public boolean hasOffsets() {
    return offsets != null;
  }

  /**
   * The offsets.
   *
   * @throws TokenizerException if they were not asked for
   */
  @Override
  public int[] offsets() {
    if (offsets == null) {
      throw new TokenizerException(
          "encoding: has no offsets; encode with EncodingOptions.withOffsets()");
    }
    return offsets;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Encoding encoding
        && Arrays.equals(ids, encoding.ids)
        && Arrays.equals(typeIds, encoding.typeIds)
        && Arrays.equals(offsets, encoding.offsets);
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
