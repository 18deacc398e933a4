package dev.weft.nn.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Splits text into words before WordPiece does: cleans it, sets ideographs apart, lowers case and
 * strips accents, sets punctuation apart (Devlin et al., arXiv 1810.04805, and the code published
 * with it).
 */
final class BasicTokenizer {
  private final WordPieceOptions options;
  private final Set<String> neverSplit;

  /** Words of {@code neverSplit}, standing between spaces, stay as they are. */
  BasicTokenizer(WordPieceOptions options, Set<String> neverSplit) {
    this.options = options;
    this.neverSplit = neverSplit;
  }

  List<String> split(String text) {
    String cleaned = clean(text);
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= cleaned.length(); i++) {
      boolean space = i == cleaned.length() || Characters.isPythonSpace(cleaned.charAt(i));
      if (!space && start < 0) {
        start = i;
      } else if (space && start >= 0) {
        addWord(cleaned.substring(start, i), words);
        start = -1;
      }
    }
    return words;
  }

  /** Without control characters, every space a plain one, ideographs between spaces. */
  private String clean(String text) {
    StringBuilder cleaned = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                cleaned.append(' ');
              } else if (c == 0xFFFD || Characters.isControl(c)) {
                return;
              } else if (Character.getType(c) == Character.SPACE_SEPARATOR) {
                cleaned.append(' ');
              } else if (options.splitsIdeographs() && Characters.isCjk(c)) {
                cleaned.append(' ').appendCodePoint(c).append(' ');
              } else {
                cleaned.appendCodePoint(c);
              }
            });
    return cleaned.toString();
  }

  private void addWord(String word, List<String> words) {
    if (neverSplit.contains(word)) {
      words.add(word);
      return;
    }
    String normal = options.lowerCase() ? LowerCase.of(word) : word;
    splitPunctuation(options.stripAccents() ? withoutAccents(normal) : normal, words);
  }

  private static String withoutAccents(String word) {
    if (word.chars().allMatch(c -> c < 128)) {
      return word;
    }
    StringBuilder stripped = new StringBuilder(word.length());
    Normalizer.normalize(word, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(stripped::appendCodePoint);
    return stripped.toString();
  }

  private static void splitPunctuation(String word, List<String> words) {
    int start = 0;
    for (int i = 0; i < word.length(); ) {
      int c = word.codePointAt(i);
      int next = i + Character.charCount(c);
      if (Characters.isPunctuation(c)) {
        if (i > start) {
          words.add(word.substring(start, i));
        }
        words.add(word.substring(i, next));
        start = next;
      }
      i = next;
    }
    if (start < word.length()) {
      words.add(word.substring(start));
    }
  }
}
