package dev.weft.nn.text;

/**
 * Words of text that is plain: printable ASCII between spaces. Most text is, and needs none of the
 * steps that other text does.
 */
enum AsciiWords {
  /** Runs of letters and digits, single punctuation marks. */
  BERT {
    @Override
    int wordEnd(char[] text, int start, int to) {
      if (!isAlphanumeric(text[start])) {
        return isPrintable(text[start]) ? start + 1 : -1;
      }
      int end = start + 1;
      while (end < to && isAlphanumeric(text[end])) {
        end++;
      }
      return end;
    }
  },
  /** Runs of letters, single digits, runs of anything else, contractions, all in any case. */
  CLIP {
    @Override
    int wordEnd(char[] text, int start, int to) {
      return clipEnd(text, start, to, ClipText.Variant.LIBRARY);
    }
  },
  /** The same where markers are text like any other. */
  CLIP_CONVERTED {
    @Override
    int wordEnd(char[] text, int start, int to) {
      return clipEnd(text, start, to, ClipText.Variant.CONVERTED);
    }
  };

  private static final byte LETTER = 1;
  private static final byte DIGIT = 2;
  private static final byte OTHER = 4;
  private static final byte[] CLASSES = classes();

  /**
   * Where the word ends that begins at {@code start}, which is no space; −1 if the character there
   * is not plain.
   */
  abstract int wordEnd(char[] text, int start, int to);

  private static int clipEnd(char[] text, int start, int to, ClipText.Variant variant) {
    char first = text[start];
    if (!isPrintable(first)) {
      return -1;
    }
    int whole = ClipText.wholeLength(text, start, to, variant, true);
    if (whole > 0) {
      return start + whole;
    }
    int end = start + 1;
    if (isDigit(first)) {
      return end;
    }
    boolean letters = isLetter(first);
    while (end < to && isPrintable(text[end]) && !isDigit(text[end])) {
      if (isLetter(text[end]) != letters) {
        break;
      }
      end++;
    }
    return end;
  }

  /** The spaces between plain text; others are not plain. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  private static int classOf(char c) {
    return c < 128 ? CLASSES[c] : 0;
  }

  private static boolean isAlphanumeric(char c) {
    return (classOf(c) & (LETTER | DIGIT)) != 0;
  }

  private static boolean isLetter(char c) {
    return classOf(c) == LETTER;
  }

  private static boolean isDigit(char c) {
    return classOf(c) == DIGIT;
  }

  private static boolean isPrintable(char c) {
    return classOf(c) != 0;
  }

  private static byte[] classes() {
    byte[] classes = new byte[128];
    for (char c = '!'; c <= '~'; c++) {
      classes[c] = Character.isLetter(c) ? LETTER : Character.isDigit(c) ? DIGIT : OTHER;
    }
    return classes;
  }
}
