package dev.weft.nn.text;

/**
 * How {@link Tokenizer#encode(String, String, EncodingOptions)} makes an encoding. Begin with
 * {@link #DEFAULT}.
 *
 * @param maxLength the most tokens, special ones included; 0 for the tokenizer's own limit
 * @param truncation what is cut when there are more
 * @param side which end of a text is cut; null for the tokenizer's own, which is the right one
 *     unless its folder says otherwise
 * @param specialTokens whether special tokens are put around the text
 * @param offsets whether the encoding says where in the text each token lies, which costs time
 */
public record EncodingOptions(
    int maxLength, Truncation truncation, Side side, boolean specialTokens, boolean offsets) {

  /** What is cut when there are too many tokens. */
  public enum Truncation {
    /** Of a pair of texts the longer one, until both are alike, then both. */
    LONGEST_FIRST,
    /** The first text. */
    ONLY_FIRST,
    /** The second text. */
    ONLY_SECOND,
    /** Nothing: an encoding may be longer than a model takes. */
    NONE
  }

  /** An end of a text. */
  public enum Side {
    /** Where the text begins. */
    LEFT,
    /** Where the text ends. */
    RIGHT
  }

  /** As a model takes it: special tokens, not longer than the tokenizer's limit, no offsets. */
  public static final EncodingOptions DEFAULT =
      new EncodingOptions(0, Truncation.LONGEST_FIRST, null, true, false);

  /** Checks the length. */
  public EncodingOptions {
    if (maxLength < 0) {
      throw new TokenizerException("encoding: a maximum length of " + maxLength + " is negative");
    }
  }

  /** The same with another maximum length. */
  public EncodingOptions withMaxLength(int length) {
    return new EncodingOptions(length, truncation, side, specialTokens, offsets);
  }

  /** The same with another way to cut. */
  public EncodingOptions withTruncation(Truncation kind) {
    return new EncodingOptions(maxLength, kind, side, specialTokens, offsets);
  }

  /** The same, cut at another end. */
  public EncodingOptions withSide(Side end) {
    return new EncodingOptions(maxLength, truncation, end, specialTokens, offsets);
  }

  /** The same without special tokens. */
  public EncodingOptions withoutSpecialTokens() {
    return new EncodingOptions(maxLength, truncation, side, false, offsets);
  }

  /** The same with offsets. */
  public EncodingOptions withOffsets() {
    return new EncodingOptions(maxLength, truncation, side, specialTokens, true);
  }
}
