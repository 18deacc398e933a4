package dev.weft.nn.text;

import dev.weft.nn.text.EncodingOptions.Side;

/**
 * How far the rows of a batch are filled up, and where.
 *
 * @param length to this many tokens; 0 for the longest row
 * @param multiple then up to a multiple of this; 1 for no more
 * @param side where the filling goes; the models here expect it on the right
 */
public record Padding(int length, int multiple, Side side) {

  /** To the longest row, on the right. */
  public static final Padding LONGEST = new Padding(0, 1, Side.RIGHT);

  /** Checks the numbers. */
  public Padding {
    if (length < 0 || multiple < 1) {
      throw new TokenizerException(
          "padding: to %d tokens, a multiple of %d: must be at least 0 and 1"
              .formatted(length, multiple));
    }
  }

  /** To a given length, on the right. */
  public static Padding to(int length) {
    return new Padding(length, 1, Side.RIGHT);
  }

  /** The same, up to a multiple. */
  public Padding withMultiple(int tokens) {
    return new Padding(length, tokens, side);
  }

  /** The same at another side. */
  public Padding withSide(Side end) {
    return new Padding(length, multiple, end);
  }

  /** How long rows become of which the longest has so many tokens. */
  int lengthFor(int longest) {
    int least = length == 0 ? longest : length;
    return Math.toIntExact(Math.ceilDiv((long) least, multiple) * multiple);
  }
}
