package dev.weft.nn.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** CLIP's model of a word: its UTF-8 bytes, the last one marked, merged pair by pair. */
final class BytePairs implements WordModel {
  private final BpeMerges merges;
  private final int[] byteIds = new int[256];
  private final int[] lastByteIds = new int[256];
  private final int[] byteLengths;
  private final Map<String, Integer> whole;

  /**
   * @param whole words that are a token as they are
   * @param unknown the id of bytes that the vocabulary lacks; −1 if it must have them all
   * @throws TokenizerException if a byte or a merge is not in the vocabulary
   */
  BytePairs(
      String source,
      Vocabulary vocabulary,
      List<Merge> ranked,
      Map<String, Integer> whole,
      int unknown) {
    this.whole = whole;
    Map<String, Integer> ids = vocabulary.ids();
    for (int value = 0; value < 256; value++) {
      byteIds[value] = symbol(source, ids, ByteSymbols.of(value), unknown);
      lastByteIds[value] = symbol(source, ids, ByteSymbols.of(value) + ClipBpe.WORD_END, unknown);
    }
    byteLengths = new int[vocabulary.size()];
    for (int id = 0; id < byteLengths.length; id++) {
      byteLengths[id] = byteLength(vocabulary.token(id));
    }
    if (unknown >= 0) {
      byteLengths[unknown] = 1;
    }
    merges = new BpeMerges(ranked.size());
    for (Merge merge : ranked) {
      merges.add(
          require(source, ids, merge.left()),
          require(source, ids, merge.right()),
          require(source, ids, merge.left() + merge.right()));
    }
  }

  /** Two tokens that become the one of both their names. */
  record Merge(String left, String right) {
    /** A line of merges.txt. */
    static Merge parse(String source, String line) {
      int space = line.indexOf(' ');
      if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
        throw new TokenizerException(
            source + ": merge '" + line + "' must be two tokens with a space between them");
      }
      return new Merge(line.substring(0, space), line.substring(space + 1));
    }

    @Override
    public String toString() {
      return left + " " + right;
    }
  }

  /** A token's symbols are one character for each byte. */
  private static int byteLength(String token) {
    if (token == null) {
      return 0;
    }
    return token.endsWith(ClipBpe.WORD_END)
        ? token.length() - ClipBpe.WORD_END.length()
        : token.length();
  }

  private static int symbol(String source, Map<String, Integer> ids, String token, int unknown) {
    return unknown >= 0 ? ids.getOrDefault(token, unknown) : require(source, ids, token);
  }

  private static int require(String source, Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new TokenizerException(
          source + ": the vocabulary of " + ids.size() + " tokens has no '" + token + "'");
    }
    return id;
  }

  @Override
  public int[] ids(char[] text, int from, int to) {
    String word = new String(text, from, to - from);
    Integer special = text[from] == '<' ? whole.get(word) : null;
    if (special != null) {
      return new int[] {special};
    }
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] symbols = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int value = Byte.toUnsignedInt(bytes[i]);
      symbols[i] = i == bytes.length - 1 ? lastByteIds[value] : byteIds[value];
    }
    return merges.apply(symbols);
  }

  @Override
  public void spans(int[] ids, char[] text, int from, int to, IntList spans) {
    if (ids.length == 1) {
      spans.add(from);
      spans.add(to);
      return;
    }
    int at = from;
    int before = 0;
    for (int id : ids) {
      int left = byteLengths[id];
      spans.add(at);
      // Bytes of the character at 'at' that earlier tokens took.
      left += before;
      while (at < to && left >= bytes(text, at, to)) {
        left -= bytes(text, at, to);
        at += units(text, at, to);
      }
      before = left;
      spans.add(left > 0 ? at + units(text, at, to) : at);
    }
  }

  private static int units(char[] text, int at, int to) {
    return Character.charCount(Character.codePointAt(text, at, to));
  }

  /** UTF-8 bytes of a character; a lone surrogate becomes a question mark. */
  private static int bytes(char[] text, int at, int to) {
    int c = Character.codePointAt(text, at, to);
    if (c < 0x80 || (c >= 0xD800 && c <= 0xDFFF)) {
      return 1;
    }
    return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}
