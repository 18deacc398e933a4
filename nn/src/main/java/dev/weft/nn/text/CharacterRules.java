package dev.weft.nn.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Whose classes of characters decide. The originals are Python and follow the Unicode of their day;
 * the tokenizers library, which a {@code tokenizer.json} is written for, follows its own tables.
 */
enum CharacterRules {
  /** BERT's and CLIP's published Python code. */
  ORIGINAL,
  /** The tokenizers library. */
  LIBRARY;

  private static final String TABLE = "library-characters.txt";

  /** The library's differences by name; read when the first tokenizer.json is. */
  private static final class Differences {
    static final Map<String, BitSet> SETS = read();
  }

  boolean isControl(int c) {
    if (this == ORIGINAL) {
      return Characters.isControl(c);
    }
    return Characters.isControl(c)
        && Character.getType(c) != Character.UNASSIGNED
        && !differs("not-control", c);
  }

  boolean isPunctuation(int c) {
    if (this == ORIGINAL || c < 128) {
      return Characters.isPunctuation(c);
    }
    return Characters.isPunctuation(c) ? !differs("not-punctuation", c) : differs("punctuation", c);
  }

  /** Unicode category Mn: what accents are once they are taken apart from their letters. */
  boolean isNonSpacingMark(int c) {
    boolean mark = Character.getType(c) == Character.NON_SPACING_MARK;
    return this == ORIGINAL ? mark : mark ? !differs("not-mark", c) : differs("mark", c);
  }

  boolean isIdeograph(int c) {
    return Characters.isCjk(c) && (this == ORIGINAL || !differs("not-ideograph", c));
  }

  /** Whether a character may be taken apart canonically. */
  boolean isDecomposed(int c) {
    return this == ORIGINAL || !differs("not-decomposed", c);
  }

  private static boolean differs(String set, int c) {
    return c >= 128 && Differences.SETS.get(set).get(c);
  }

  private static Map<String, BitSet> read() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                CharacterRules.class.getResourceAsStream(TABLE), StandardCharsets.US_ASCII))) {
      Map<String, BitSet> sets = new HashMap<>();
      BitSet set = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(':');
        if (line.startsWith("#")) {
          continue;
        }
        if (colon >= 0) {
          set = sets.computeIfAbsent(line.substring(0, colon), name -> new BitSet());
        }
        addRanges(line.substring(colon + 1), set);
      }
      return sets;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addRanges(String ranges, BitSet set) {
    for (String range : ranges.strip().split(" ", -1)) {
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
      int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1), 16);
      set.set(first, last + 1);
    }
  }
}
