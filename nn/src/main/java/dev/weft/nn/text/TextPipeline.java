package dev.weft.nn.text;

import java.util.List;
import java.util.function.Consumer;

/**
 * From a text to tokens: added tokens are cut out, what is between them is normalised and split
 * into words, and each word becomes tokens. Threads share one.
 *
 * <p>Plain words, printable ASCII between spaces, go straight to the cache of known words. Only
 * other text, and all text whose offsets are asked for, goes through the steps; a test holds both
 * ways against each other.
 */
final class TextPipeline {
  private static final int LONGEST_CACHED = 48;

  private final Parts parts;
  private final WordModel model;
  private final AddedTokens written;
  private final AddedTokens normalized;
  private final WordCache cache = new WordCache();

  /**
   * The parts of a pipeline.
   *
   * @param preparation what is done to a text as a whole before it is looked at piece by piece
   * @param normalization what is done to any piece between spaces, and to a whole text alike
   * @param plain how plain text is split, the same as normalised and split; null if it is not known
   * @param lowersPlain whether normalising plain text means lower case
   */
  record Parts(
      Normalization preparation,
      Normalization normalization,
      WordSplitter splitter,
      AsciiWords plain,
      boolean lowersPlain) {

    /** Hands each word of a part of a text to {@code words}. */
    void words(String text, int from, int to, Consumer<String> words) {
      AlignedText normal =
          normalization.apply(preparation.apply(AlignedText.of(text, from, to, false)));
      splitter.split(
          normal,
          0,
          normal.length(),
          (start, end) -> words.accept(normal.subSequence(start, end).toString()));
    }
  }

  TextPipeline(Parts parts, WordModel model, List<AddedToken> added) {
    this.parts = parts;
    this.model = model;
    this.written = new AddedTokens(AddedTokens.only(added, false), content -> content);
    this.normalized = new AddedTokens(AddedTokens.only(added, true), this::normalize);
  }

  private String normalize(String content) {
    AlignedText text = AlignedText.of(content, 0, content.length(), false);
    return parts.normalization.apply(text).toString();
  }

  /** The tokens of a text, no special ones around them. */
  TokenSink tokens(String text, boolean withOffsets) {
    TokenSink sink = new TokenSink(withOffsets);
    written.split(
        text,
        (id, from, to) -> {
          if (id >= 0) {
            sink.add(id, from, to);
          } else {
            addSegment(text, from, to, sink);
          }
        });
    return sink;
  }

  private void addSegment(String source, int from, int to, TokenSink sink) {
    AlignedText text = parts.preparation.apply(AlignedText.of(source, from, to, sink.hasOffsets()));
    boolean plainFirst = parts.plain != null && !sink.hasOffsets();
    boolean free = normalized.isEmpty() || (text.isAscii() && !normalized.mayOccur(text));
    if (plainFirst && free) {
      addPlainFirst(text, sink);
    } else {
      addAny(text, sink);
    }
  }

  private void addPlainFirst(AlignedText text, TokenSink sink) {
    char[] chars = text.buffer();
    int to = text.length();
    for (int i = 0; i < to; ) {
      if (AsciiWords.isSpace(chars[i])) {
        i++;
        continue;
      }
      int start = i;
      int before = sink.ids.size();
      while (i >= 0 && i < to && !AsciiWords.isSpace(chars[i])) {
        int end = parts.plain.wordEnd(chars, i, to);
        if (end > 0) {
          sink.ids.addAll(ids(chars, i, end, parts.lowersPlain));
        }
        i = end;
      }
      if (i < 0) {
        sink.ids.truncate(before);
        i = spaceAfter(chars, start, to);
        addAny(text.slice(start, i), sink);
      }
    }
  }

  private static int spaceAfter(char[] chars, int from, int to) {
    int i = from;
    while (i < to && !AsciiWords.isSpace(chars[i])) {
      i++;
    }
    return i;
  }

  private void addAny(AlignedText text, TokenSink sink) {
    AlignedText normal = parts.normalization.apply(text);
    if (normalized.isEmpty()) {
      parts.splitter.split(
          normal, 0, normal.length(), (from, to) -> addWord(normal, from, to, sink));
      return;
    }
    normalized.split(
        normal,
        (id, from, to) -> {
          if (id < 0) {
            parts.splitter.split(
                normal, from, to, (start, end) -> addWord(normal, start, end, sink));
          } else if (sink.hasOffsets()) {
            sink.add(id, normal.start(from), normal.end(to - 1));
          } else {
            sink.ids.add(id);
          }
        });
  }

  private void addWord(AlignedText text, int from, int to, TokenSink sink) {
    int[] ids = ids(text.buffer(), from, to, false);
    if (!sink.hasOffsets()) {
      sink.ids.addAll(ids);
      return;
    }
    IntList spans = new IntList();
    model.spans(ids, text.buffer(), from, to, spans);
    for (int i = 0; i < ids.length; i++) {
      int start = spans.get(2 * i);
      int end = spans.get(2 * i + 1);
      sink.add(ids[i], text.start(start), text.end(end - 1));
    }
  }

  /** A word's ids; plain words are known as written, others in lower case. */
  private int[] ids(char[] text, int from, int to, boolean lowers) {
    if (to - from > LONGEST_CACHED) {
      return model(text, from, to, lowers);
    }
    int hash = WordCache.hash(text, from, to);
    int[] ids = cache.get(text, from, to, hash);
    if (ids == null) {
      ids = model(text, from, to, lowers);
      cache.put(text, from, to, hash, ids);
    }
    return ids;
  }

  private int[] model(char[] text, int from, int to, boolean lowers) {
    if (!lowers) {
      return model.ids(text, from, to);
    }
    char[] lower = new char[to - from];
    for (int i = 0; i < lower.length; i++) {
      char c = text[from + i];
      lower[i] = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
    return model.ids(lower, 0, lower.length);
  }

  /** Hands each word of a text, as normalised, to {@code words}; added tokens are left out. */
  void words(String text, Consumer<String> words) {
    written.split(
        text,
        (id, from, to) -> {
          if (id < 0) {
            parts.words(text, from, to, words);
          }
        });
  }
}
