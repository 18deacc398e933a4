package dev.weft.nn.text;

import java.util.HashMap;
import java.util.Map;

/**
 * WordPiece: the longest piece that a word begins with, then the longest that goes on, and the
 * unknown token for a word that cannot be pieced together.
 */
final class LongestPieces implements WordModel {
  private final StringTable first;
  private final StringTable further;
  private final int[] lengths;
  private final int unknown;
  private final int maxCharacters;
  private final int continuation;

  /**
   * @param vocabulary tokens by id; null where an id has none
   * @param continuation what a piece begins with that is not a word's first
   * @param maxCharacters longer words, in code points, are unknown
   */
  LongestPieces(Vocabulary vocabulary, String continuation, int unknown, int maxCharacters) {
    Map<String, Integer> whole = new HashMap<>();
    Map<String, Integer> parts = new HashMap<>();
    lengths = new int[vocabulary.size()];
    for (int id = 0; id < vocabulary.size(); id++) {
      String token = vocabulary.token(id);
      if (token == null) {
        continue;
      }
      whole.put(token, id);
      lengths[id] = token.length();
      if (token.startsWith(continuation)) {
        parts.put(token.substring(continuation.length()), id);
      }
    }
    first = new StringTable(whole);
    further = new StringTable(parts);
    this.unknown = unknown;
    this.maxCharacters = maxCharacters;
    this.continuation = continuation.length();
  }

  @Override
  public int[] ids(char[] text, int from, int to) {
    if (to - from > maxCharacters
        && Character.codePointCount(text, from, to - from) > maxCharacters) {
      return new int[] {unknown};
    }
    IntList pieces = new IntList();
    int[] scratch = new int[Math.min(to - from, Math.max(first.longest(), further.longest()))];
    for (int start = from; start < to; ) {
      StringTable table = start == from ? first : further;
      long found = table.longestPrefix(text, start, to, scratch);
      if (found < 0) {
        return new int[] {unknown};
      }
      pieces.add((int) (found >>> 32));
      start += (int) found;
    }
    return pieces.toArray();
  }

  @Override
  public void spans(int[] ids, char[] text, int from, int to, IntList spans) {
    int begin = from;
    for (int id : ids) {
      int length = lengths[id] - (begin == from ? 0 : continuation);
      // A single token is the whole word: a piece equal to it, or the unknown token.
      int end = ids.length == 1 ? to : begin + length;
      spans.add(begin);
      spans.add(end);
      begin = end;
    }
  }
}
