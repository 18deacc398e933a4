package dev.weft.nn.text;

import java.util.function.Consumer;

/**
 * The words of a text as CLIP's byte-pair encoding takes them: references unescaped twice, spaces
 * collapsed, lower case; then runs of letters, single digits, runs of anything else, English
 * contractions apart.
 *
 * <p>The same as the expression {@code <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|
 * [\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+} of the published tokenizer, without its backtracking.
 */
final class ClipText {
  private static final String[] WHOLE = {
    ClipBpe.BEGIN, ClipBpe.END, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"
  };

  private ClipText() {}

  static String clean(String text) {
    String plain = HtmlEntities.unescape(HtmlEntities.unescape(text));
    StringBuilder cleaned = new StringBuilder(plain.length());
    boolean gap = false;
    // Strips Python's spaces, then collapses Unicode's: they differ in U+001C to U+001F.
    String stripped = Characters.strip(plain);
    for (int i = 0; i < stripped.length(); i++) {
      char c = stripped.charAt(i);
      if (Characters.isWhiteSpace(c)) {
        gap = true;
        continue;
      }
      if (gap) {
        cleaned.append(' ');
        gap = false;
      }
      cleaned.append(c);
    }
    return LowerCase.of(Characters.strip(cleaned.toString()));
  }

  /** Hands each word of a cleaned text to {@code words}. */
  static void split(String text, Consumer<String> words) {
    for (int start = 0; start < text.length(); ) {
      int end = wordEnd(text, start);
      if (end > start) {
        words.accept(text.substring(start, end));
      }
      start = Math.max(end, start + 1);
    }
  }

  /** Where the word that begins at {@code start} ends; {@code start} itself at a space. */
  private static int wordEnd(String text, int start) {
    for (String whole : WHOLE) {
      if (text.startsWith(whole, start)) {
        return start + whole.length();
      }
    }
    int first = text.codePointAt(start);
    int next = start + Character.charCount(first);
    if (Characters.isWhiteSpace(first)) {
      return start;
    }
    if (Characters.isNumber(first)) {
      return next;
    }
    boolean letters = Character.isLetter(first);
    while (next < text.length() && continues(text.codePointAt(next), letters)) {
      next += Character.charCount(text.codePointAt(next));
    }
    return next;
  }

  private static boolean continues(int c, boolean letters) {
    if (letters) {
      return Character.isLetter(c);
    }
    return !Character.isLetter(c) && !Characters.isNumber(c) && !Characters.isWhiteSpace(c);
  }
}
