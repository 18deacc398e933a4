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
  /** The expression, as a {@code tokenizer.json} has it. */
  static final String PATTERN =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
          + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

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
  static void split(AlignedText text, int from, int to, WordSplitter.Words words) {
    for (int start = from; start < to; ) {
      int end = wordEnd(text, start, to);
      if (end > start) {
        words.word(start, end);
      }
      start = Math.max(end, start + 1);
    }
  }

  /** Where the word that begins at {@code start} ends; {@code start} itself at a space. */
  private static int wordEnd(AlignedText text, int start, int to) {
    int first = text.codePointAt(start);
    int whole = wholeLength(text.buffer(), start, to, false);
    if (whole > 0) {
      return start + whole;
    }
    if (Characters.isWhiteSpace(first)) {
      return start;
    }
    int next = start + Character.charCount(first);
    if (Characters.isNumber(first)) {
      return next;
    }
    boolean letters = Character.isLetter(first);
    while (next < to && continues(text.codePointAt(next), letters)) {
      next += Character.charCount(text.codePointAt(next));
    }
    return next;
  }

  /**
   * Length of the marker or contraction that a text goes on with; 0 if there is none.
   *
   * @param anyCase whether capitals count as their small letters
   */
  static int wholeLength(char[] text, int start, int to, boolean anyCase) {
    char first = text[start];
    if (first != '<' && first != '\'') {
      return 0;
    }
    for (String whole : first == '<' ? MARKERS : CONTRACTIONS) {
      if (startsWith(text, start, to, whole, anyCase)) {
        return whole.length();
      }
    }
    return 0;
  }

  private static boolean startsWith(char[] text, int start, int to, String whole, boolean anyCase) {
    if (whole.length() > to - start) {
      return false;
    }
    for (int i = 0; i < whole.length(); i++) {
      char c = text[start + i];
      if ((anyCase && c >= 'A' && c <= 'Z' ? c + 32 : c) != whole.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean continues(int c, boolean letters) {
    if (letters) {
      return Character.isLetter(c);
    }
    return !Character.isLetter(c) && !Characters.isNumber(c) && !Characters.isWhiteSpace(c);
  }
}
