package dev.weft.nn.text;

/** Classes of characters by code point, as the original tokenizers' Python sees them. */
final class Characters {
  private static final int[][] CJK_BLOCKS = {
    {0x4E00, 0x9FFF},
    {0x3400, 0x4DBF},
    {0x20000, 0x2A6DF},
    {0x2A700, 0x2B73F},
    {0x2B740, 0x2B81F},
    {0x2B820, 0x2CEAF},
    {0xF900, 0xFAFF},
    {0x2F800, 0x2FA1F}
  };

  private Characters() {}

  /** The Unicode property White_Space: what {@code \s} matches. */
  static boolean isWhiteSpace(int c) {
    return (c >= 9 && c <= 13) || c == 0x85 || Character.isSpaceChar(c);
  }

  /** What Python's {@code str.split} and {@code str.strip} take for a space. */
  static boolean isPythonSpace(int c) {
    return isWhiteSpace(c) || (c >= 0x1C && c <= 0x1F);
  }

  /** Unicode categories C*: control, format, surrogate, private use, unassigned. */
  static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** Unicode categories M*: what stands on the character before. */
  static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  /** Unicode categories P*, and every ASCII character that is neither letter, digit nor space. */
  static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** Ideographs, which are words of their own; Hangul and kana are not. */
  static boolean isCjk(int c) {
    for (int[] block : CJK_BLOCKS) {
      if (c >= block[0] && c <= block[1]) {
        return true;
      }
    }
    return false;
  }

  /** Unicode category N*. */
  static boolean isNumber(int c) {
    return switch (Character.getType(c)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  /** The text without spaces, in Python's sense, at both ends. */
  static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isPythonSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isPythonSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }
}
