package dev.weft.nn.text;

/**
 * The words of a text as CLIP's byte-pair encoding takes them: references unescaped twice, spaces
 * collapsed, lower case; then runs of letters, single digits, runs of anything else, English
 * contractions apart.
 *
 * <p>The same as the expression {@code <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|
 * [\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+} of the published tokenizer, without its backtracking.
 */
final class ClipText {
  private static final String WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  /** Whose expression it is. */
  enum Variant {
    /**
     * The published code's: it ignores case, and so takes a long s (U+017F) for an s. U+0345, a
     * mark whose capital is a letter, is then neither a letter nor anything else, and left out.
     */
    ORIGINAL(""),
    /** The same in a {@code tokenizer.json}: case counts. */
    LIBRARY("<\\|startoftext\\|>|<\\|endoftext\\|>|" + WORDS),
    /** Of files that transformers converted before its version 5: markers are no words. */
    CONVERTED(WORDS);

    /** The expression, as a {@code tokenizer.json} has it. */
    final String pattern;

    Variant(String pattern) {
      this.pattern = pattern;
    }

    private boolean skips(int c) {
      return Characters.isWhiteSpace(c) || (c == YPOGEGRAMMENI && this == ORIGINAL);
    }

    WordSplitter splitter() {
      return (text, from, to, words) -> split(text, from, to, this, words);
    }
  }

  private static final char LONG_S = '\u017F';
  private static final char YPOGEGRAMMENI = '\u0345';
  private static final String[] MARKERS = {ClipBpe.BEGIN, ClipBpe.END};
  private static final String[] CONTRACTIONS = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};

  private ClipText() {}

  /** What the published code does to a text as a whole; lower case follows word by word. */
  static AlignedText unescaped(AlignedText text) {
    AlignedText plain = HtmlEntities.unescape(HtmlEntities.unescape(text));
    int from = 0;
    int to = plain.length();
    // Python's spaces, which end where Unicode's do not: U+001C to U+001F.
    while (from < to && Characters.isPythonSpace(plain.charAt(from))) {
      from++;
    }
    while (to > from && Characters.isPythonSpace(plain.charAt(to - 1))) {
      to--;
    }
    return from == 0 && to == plain.length() ? plain : plain.slice(from, to);
  }

  /** Hands each word of a part of a text in lower case to {@code words}. */
  private static void split(
      AlignedText text, int from, int to, Variant variant, WordSplitter.Words words) {
    for (int start = from; start < to; ) {
      int end = wordEnd(text, start, to, variant);
      if (end > start) {
        words.word(start, end);
      }
      start = Math.max(end, start + 1);
    }
  }

  /** Where the word that begins at {@code start} ends; {@code start} itself at what is none. */
  private static int wordEnd(AlignedText text, int start, int to, Variant variant) {
    int first = text.codePointAt(start);
    int whole = wholeLength(text.buffer(), start, to, variant, false);
    if (whole > 0) {
      return start + whole;
    }
    if (variant.skips(first)) {
      return start;
    }
    int next = start + Character.charCount(first);
    if (Characters.isNumber(first)) {
      return next;
    }
    boolean letters = Character.isLetter(first);
    while (next < to && continues(text.codePointAt(next), letters, variant)) {
      next += Character.charCount(text.codePointAt(next));
    }
    return next;
  }

  /**
   * Length of the marker or contraction that a text goes on with; 0 if there is none.
   *
   * @param anyCase whether capitals count as their small letters
   */
  static int wholeLength(char[] text, int start, int to, Variant variant, boolean anyCase) {
    char first = text[start];
    if (first != '\'' && (first != '<' || variant == Variant.CONVERTED)) {
      return 0;
    }
    for (String whole : first == '<' ? MARKERS : CONTRACTIONS) {
      if (startsWith(text, start, to, whole, variant, anyCase)) {
        return whole.length();
      }
    }
    return 0;
  }

  private static boolean startsWith(
      char[] text, int start, int to, String whole, Variant variant, boolean anyCase) {
    if (whole.length() > to - start) {
      return false;
    }
    for (int i = 0; i < whole.length(); i++) {
      char c = text[start + i];
      char letter = anyCase && c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
      if (c == LONG_S && variant == Variant.ORIGINAL) {
        letter = 's';
      }
      if (letter != whole.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean continues(int c, boolean letters, Variant variant) {
    if (letters) {
      return Character.isLetter(c);
    }
    return !Character.isLetter(c) && !Characters.isNumber(c) && !variant.skips(c);
  }
}
