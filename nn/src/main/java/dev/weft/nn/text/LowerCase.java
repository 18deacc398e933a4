package dev.weft.nn.text;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Lower case as the Unicode Standard defines it (section 3.13). {@link String#toLowerCase(Locale)}
 * decides by word breaks whether a sigma is a word's last, and so differs next to punctuation.
 */
final class LowerCase {
  private static final char CAPITAL_SIGMA = '\u03A3';
  private static final char SIGMA = '\u03C3';
  private static final char FINAL_SIGMA = '\u03C2';

  /** The only other character whose lower case is more than one. */
  private static final char CAPITAL_DOTTED_I = '\u0130';

  /** Word_Break = MidLetter, MidNumLet, Single_Quote: they may stand inside a word. */
  private static final String INSIDE_WORDS =
      "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

  private LowerCase() {}

  /** The text in lower case, a word's last sigma the final one: as Python does. */
  static AlignedText original(AlignedText text) {
    return lower(text, true);
  }

  /** The text in lower case, each character by itself: as the tokenizers library does. */
  static AlignedText simple(AlignedText text) {
    return lower(text, false);
  }

  private static AlignedText lower(AlignedText text, boolean finalSigma) {
    AlignedText lower = text.fresh();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (c == CAPITAL_SIGMA) {
        lower.append(finalSigma && isFinal(text, i) ? FINAL_SIGMA : SIGMA, text, i, next);
      } else if (c == CAPITAL_DOTTED_I) {
        lower.append("i\u0307", text, i, next);
      } else {
        lower.append(Character.toLowerCase(c), text, i, next);
      }
      i = next;
    }
    return lower;
  }

  private static boolean isFinal(AlignedText text, int at) {
    int before = at;
    while (before > 0 && isIgnorable(text.codePointBefore(before))) {
      before -= Character.charCount(text.codePointBefore(before));
    }
    int after = at + 1;
    while (after < text.length() && isIgnorable(text.codePointAt(after))) {
      after += Character.charCount(text.codePointAt(after));
    }
    IntPredicate cased =
        c -> Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    return before > 0
        && cased.test(text.codePointBefore(before))
        && (after == text.length() || !cased.test(text.codePointAt(after)));
  }

  /** The property Case_Ignorable. */
  private static boolean isIgnorable(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> INSIDE_WORDS.indexOf(c) >= 0;
    };
  }
}
