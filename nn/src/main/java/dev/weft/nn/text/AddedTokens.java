package dev.weft.nn.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Finds added tokens in a text: at each place the longest, from left to right. */
final class AddedTokens {
  /** Told of a text's parts in order. */
  interface Parts {
    /** A token with its id and the text it takes; a negative id for text between tokens. */
    void part(int id, int from, int to);
  }

  private static final class Node {
    final Map<Character, Node> next = new HashMap<>();
    AddedToken token;
  }

  private final Node root = new Node();
  private final char[] firstChars;

  /** Tokens that are found as {@code written} makes of their contents. */
  AddedTokens(List<AddedToken> tokens, UnaryOperator<String> written) {
    for (AddedToken token : tokens) {
      String content = written.apply(token.content());
      if (content.isEmpty()) {
        continue;
      }
      Node node = root;
      for (int i = 0; i < content.length(); i++) {
        node = node.next.computeIfAbsent(content.charAt(i), c -> new Node());
      }
      node.token = token;
    }
    StringBuilder first = new StringBuilder();
    root.next.keySet().stream().sorted().forEach(first::append);
    firstChars = first.toString().toCharArray();
  }

  boolean isEmpty() {
    return firstChars.length == 0;
  }

  /** Whether a text of ASCII may hold one of the tokens once letters are in another case. */
  boolean mayOccur(AlignedText text) {
    boolean[] first = new boolean[128];
    for (char c : firstChars) {
      if (c < 128) {
        first[c] = true;
        first[Character.toUpperCase(c)] = true;
        first[Character.toLowerCase(c)] = true;
      }
    }
    char[] chars = text.buffer();
    for (int i = 0; i < text.length(); i++) {
      if (chars[i] < 128 && first[chars[i]]) {
        return true;
      }
    }
    return false;
  }

  /** Cuts a text into tokens and what is between them. */
  void split(CharSequence text, Parts parts) {
    int done = 0;
    for (int at = nextFirstChar(text, 0); at < text.length(); ) {
      Node found = longest(text, at);
      if (found == null) {
        at = nextFirstChar(text, at + 1);
        continue;
      }
      AddedToken token = found.token;
      int end = at + lengthOf(found, text, at);
      if (!token.singleWord() || standsAlone(text, at, end)) {
        int from = token.stripsLeft() ? spaceBefore(text, at, done) : at;
        int to = token.stripsRight() ? spaceAfter(text, end) : end;
        if (from > done) {
          parts.part(-1, done, from);
        }
        parts.part(token.id(), from, to);
        done = to;
        end = to;
      }
      at = nextFirstChar(text, end);
    }
    if (done < text.length()) {
      parts.part(-1, done, text.length());
    }
  }

  private int nextFirstChar(CharSequence text, int from) {
    int best = text.length();
    if (text instanceof String string) {
      for (char c : firstChars) {
        int at = string.indexOf(c, from, best);
        best = at >= 0 ? at : best;
      }
      return best;
    }
    for (int i = from; i < best; i++) {
      if (root.next.containsKey(text.charAt(i))) {
        return i;
      }
    }
    return best;
  }

  private Node longest(CharSequence text, int at) {
    Node found = null;
    Node node = root;
    for (int i = at; i < text.length(); i++) {
      node = node.next.get(text.charAt(i));
      if (node == null) {
        break;
      }
      found = node.token != null ? node : found;
    }
    return found;
  }

  private int lengthOf(Node found, CharSequence text, int at) {
    Node node = root;
    int length = 0;
    while (node != found) {
      node = node.next.get(text.charAt(at + length++));
    }
    return length;
  }

  private static boolean standsAlone(CharSequence text, int from, int to) {
    boolean before = from > 0 && isWordCharacter(Character.codePointBefore(text, from));
    boolean after = to < text.length() && isWordCharacter(Character.codePointAt(text, to));
    return !before && !after;
  }

  /** What {@code \w} matches: Unicode Technical Standard 18, annex C. */
  private static boolean isWordCharacter(int c) {
    int type = Character.getType(c);
    return Character.isAlphabetic(c)
        || Characters.isMark(c)
        || type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.CONNECTOR_PUNCTUATION
        || c == 0x200C
        || c == 0x200D;
  }

  private static int spaceBefore(CharSequence text, int at, int limit) {
    int from = at;
    while (from > limit && Characters.isWhiteSpace(text.charAt(from - 1))) {
      from--;
    }
    return from;
  }

  private static int spaceAfter(CharSequence text, int end) {
    int to = end;
    while (to < text.length() && Characters.isWhiteSpace(text.charAt(to))) {
      to++;
    }
    return to;
  }

  /** Those of a list that are found in normalised texts, or those that are not. */
  static List<AddedToken> only(List<AddedToken> tokens, boolean normalized) {
    List<AddedToken> some = new ArrayList<>(tokens);
    some.removeIf(token -> token.normalized() != normalized);
    return some;
  }
}
