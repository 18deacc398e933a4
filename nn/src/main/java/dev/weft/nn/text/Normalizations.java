package dev.weft.nn.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The steps that BERT's and CLIP's tokenizers are made of. */
final class Normalizations {
  private Normalizations() {}

  /**
   * BERT's: clean, ideographs apart, lower case, accents stripped (Devlin et al., arXiv 1810.04805,
   * and the code published with it). The library strips accents before it lowers case, and does not
   * know the final sigma.
   */
  static Normalization bert(WordPieceOptions options, boolean cleans, CharacterRules rules) {
    List<Normalization> steps = new ArrayList<>();
    if (cleans) {
      steps.add(text -> cleaned(text, rules));
    }
    if (options.splitsIdeographs()) {
      steps.add(text -> ideographsApart(text, rules));
    }
    if (options.lowerCase() && rules == CharacterRules.ORIGINAL) {
      steps.add(LowerCase::original);
    }
    if (options.stripAccents()) {
      steps.add(text -> withoutAccents(text, rules));
    }
    if (options.lowerCase() && rules == CharacterRules.LIBRARY) {
      steps.add(LowerCase::simple);
    }
    return Normalization.sequence(steps);
  }

  /** Without control characters and U+FFFD, every space a plain one. */
  private static AlignedText cleaned(AlignedText text, CharacterRules rules) {
    AlignedText cleaned = text.fresh();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (c == '\t' || c == '\n' || c == '\r') {
        cleaned.append(' ', text, i, next);
      } else if (c != 0xFFFD && !rules.isControl(c)) {
        cleaned.append(Characters.isWhiteSpace(c) ? ' ' : c, text, i, next);
      }
      i = next;
    }
    return cleaned;
  }

  private static AlignedText ideographsApart(AlignedText text, CharacterRules rules) {
    AlignedText apart = text.fresh();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean alone = rules.isIdeograph(c);
      if (alone) {
        apart.append(' ', text, i, next);
      }
      apart.append(c, text, i, next);
      if (alone) {
        apart.append(' ', text, i, next);
      }
      i = next;
    }
    return apart;
  }

  private static AlignedText withoutAccents(AlignedText text, CharacterRules rules) {
    return text.isAscii() ? text : without(decomposed(text, rules), rules::isNonSpacingMark);
  }

  /** Without marks of any kind. */
  static AlignedText withoutMarks(AlignedText text) {
    return without(text, Characters::isMark);
  }

  private static AlignedText without(AlignedText text, IntPredicate marks) {
    AlignedText stripped = text.fresh();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (!marks.test(c)) {
        stripped.append(c, text, i, next);
      }
      i = next;
    }
    return stripped;
  }

  /** Normalization Form D: each character taken apart, marks in canonical order. */
  static AlignedText decomposed(AlignedText text, CharacterRules rules) {
    AlignedText apart = text.fresh();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (c < 0xC0 || !rules.isDecomposed(c)) {
        apart.append(c, text, i, next);
      } else {
        apart.append(normalized(c, Normalizer.Form.NFD), text, i, next);
      }
      i = next;
    }
    if (Normalizer.isNormalized(apart, Normalizer.Form.NFD)) {
      return apart;
    }
    String ordered = Normalizer.normalize(apart, Normalizer.Form.NFD);
    // It is longer where the library left a character whole that today's Unicode takes apart.
    return ordered.length() == apart.length() ? apart.withChars(ordered) : apart;
  }

  private static String normalized(int c, Normalizer.Form form) {
    return Normalizer.normalize(Character.toString(c), form);
  }

  /**
   * A normalization form of Unicode, segment by segment: a character and the marks on it. What
   * changes of a segment stands for all that was there before; where a letter and its accent became
   * one, it lies on both.
   */
  static AlignedText normalized(AlignedText text, Normalizer.Form form) {
    if (text.isAscii() || Normalizer.isNormalized(text, form)) {
      return text;
    }
    AlignedText result = text.fresh();
    int start = 0;
    for (int i = 0; i <= text.length(); ) {
      if (i == text.length() || (i > start && !joins(text.codePointAt(i)))) {
        String segment = new String(text.buffer(), start, i - start);
        appendSegment(text, start, i, Normalizer.normalize(segment, form), result);
        start = i;
      }
      i += i == text.length() ? 1 : Character.charCount(text.codePointAt(i));
    }
    return result;
  }

  private static void appendSegment(
      AlignedText text, int from, int to, String changed, AlignedText result) {
    int same = from;
    while (same < to
        && same - from < changed.length()
        && text.charAt(same) == changed.charAt(same - from)) {
      same++;
    }
    if (same > from && Character.isHighSurrogate(text.charAt(same - 1))) {
      same--;
    }
    result.appendAll(text, from, same);
    appendChanged(text, same, to, changed.substring(same - from), result);
  }

  /** Appends what a range of a text became; what it ends with as before stays aligned. */
  static void appendChanged(
      AlignedText text, int from, int to, String changed, AlignedText result) {
    int end = changed.length();
    int right = to;
    while (right > from && end > 0 && text.charAt(right - 1) == changed.charAt(end - 1)) {
      right--;
      end--;
    }
    if (end < changed.length() && Character.isLowSurrogate(changed.charAt(end))) {
      right++;
      end++;
    }
    if (right == from && end > 0) {
      // Nothing is left that the rest could stand for: it stands for all.
      right = to;
      end = changed.length();
    }
    if (end > 0) {
      appendMiddle(text, from, right, changed.substring(0, end), result);
    }
    result.appendAll(text, right, to);
  }

  private static void appendMiddle(
      AlignedText text, int from, int to, String changed, AlignedText result) {
    // As many as there were are marks put in order, which keep their places.
    boolean ordered =
        Character.codePointCount(text, from, to) == changed.codePointCount(0, changed.length());
    int at = from;
    for (int i = 0; i < changed.length(); ) {
      int c = changed.codePointAt(i);
      int next = ordered ? at + Character.charCount(text.codePointAt(at)) : to;
      result.append(c, text, at, next);
      at = ordered ? next : at;
      i += Character.charCount(c);
    }
  }

  /** Whether a character may become one with the one before: marks, vowels and finals of Hangul. */
  static boolean joins(int c) {
    // U+FF9E and U+FF9F are the only other letters with a compatibility mapping to a mark; the
    // vowels
    // of Kirat Rai compose with one another.
    return Characters.isMark(c)
        || (c >= 0x1160 && c <= 0x11FF)
        || (c >= 0xD7B0 && c <= 0xD7FF)
        || c == 0xFF9E
        || c == 0xFF9F
        || (c >= 0x16D63 && c <= 0x16D6A);
  }

  /** Every match of an expression replaced by a fixed text. */
  static Normalization replace(Pattern pattern, String replacement) {
    return text -> {
      Matcher matcher = pattern.matcher(text);
      if (!matcher.find()) {
        return text;
      }
      AlignedText result = text.fresh();
      int done = 0;
      do {
        result.appendAll(text, done, matcher.start());
        if (matcher.end() > matcher.start()) {
          result.append(replacement, text, matcher.start(), matcher.end());
        }
        done = matcher.end();
      } while (matcher.find());
      result.appendAll(text, done, text.length());
      return result;
    };
  }

  /** Without white space at the ends asked for. */
  static AlignedText stripped(AlignedText text, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && Characters.isWhiteSpace(text.charAt(from))) {
      from++;
    }
    while (right && to > from && Characters.isWhiteSpace(text.charAt(to - 1))) {
      to--;
    }
    AlignedText result = text.fresh();
    result.appendAll(text, from, to);
    return result;
  }
}
