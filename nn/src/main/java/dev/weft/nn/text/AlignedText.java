package dev.weft.nn.text;

import java.util.Arrays;

/**
 * A text on its way from what a user wrote to what a vocabulary knows. Where asked for, it
 * remembers for each of its characters from which of the source's it came.
 */
final class AlignedText implements CharSequence {
  private char[] chars;
  private int[] starts;
  private int[] ends;
  private int length;

  /** An empty text; {@code aligned} says whether it remembers. */
  AlignedText(int capacity, boolean aligned) {
    chars = new char[Math.max(16, capacity)];
    starts = aligned ? new int[chars.length] : null;
    ends = aligned ? new int[chars.length] : null;
  }

  /** A part of a source, not yet changed. */
  static AlignedText of(CharSequence source, int from, int to, boolean aligned) {
    AlignedText text = new AlignedText(to - from, aligned);
    text.length = to - from;
    if (!aligned && source instanceof String string) {
      string.getChars(from, to, text.chars, 0);
      return text;
    }
    for (int i = from; i < to; ) {
      int size = 1;
      char c = source.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < to
          && Character.isLowSurrogate(source.charAt(i + 1))) {
        size = 2;
      }
      for (int k = 0; k < size; k++) {
        text.chars[i + k - from] = source.charAt(i + k);
        if (aligned) {
          text.starts[i + k - from] = i;
          text.ends[i + k - from] = i + size;
        }
      }
      i += size;
    }
    return text;
  }

  /** A copy of a part. */
  AlignedText slice(int from, int to) {
    AlignedText part = new AlignedText(to - from, starts != null);
    part.length = to - from;
    System.arraycopy(chars, from, part.chars, 0, to - from);
    if (starts != null) {
      System.arraycopy(starts, from, part.starts, 0, to - from);
      System.arraycopy(ends, from, part.ends, 0, to - from);
    }
    return part;
  }

  /** An empty text to be filled from this one. */
  AlignedText fresh() {
    return new AlignedText(length + (length >> 3), starts != null);
  }

  /** Appends a code point that stands for the characters {@code from} to {@code to} of another. */
  void append(int c, AlignedText origin, int from, int to) {
    int size = Character.charCount(c);
    if (length + size > chars.length) {
      grow();
    }
    if (starts != null) {
      int start = origin.starts[from];
      int end = origin.ends[to - 1];
      for (int k = length; k < length + size; k++) {
        starts[k] = start;
        ends[k] = end;
      }
    }
    length += Character.toChars(c, chars, length);
  }

  /** Appends all code points of a string, which together stand for a range of another text. */
  void append(String text, AlignedText origin, int from, int to) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      append(c, origin, from, to);
      i += Character.charCount(c);
    }
  }

  /** Appends characters of another text as they are. */
  void appendAll(AlignedText origin, int from, int to) {
    for (int i = from; i < to; ) {
      int c = origin.codePointAt(i);
      int next = i + Character.charCount(c);
      append(c, origin, i, next);
      i = next;
    }
  }

  private void grow() {
    int capacity = 2 * chars.length;
    chars = Arrays.copyOf(chars, capacity);
    if (starts != null) {
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
    }
  }

  /** The same characters in another order or form, position by position. */
  AlignedText withChars(String text) {
    System.arraycopy(text.toCharArray(), 0, chars, 0, length);
    return this;
  }

  int codePointAt(int index) {
    return Character.codePointAt(chars, index, length);
  }

  int codePointBefore(int index) {
    return Character.codePointBefore(chars, index);
  }

  /** Where in the source a character begins; only of an aligned text. */
  int start(int index) {
    return starts[index];
  }

  /** Where in the source a character ends. */
  int end(int index) {
    return ends[index];
  }

  /** The characters themselves; those from {@link #length} on mean nothing. */
  char[] buffer() {
    return chars;
  }

  boolean isAscii() {
    for (int i = 0; i < length; i++) {
      if (chars[i] >= 128) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    return chars[index];
  }

  @Override
  public CharSequence subSequence(int from, int to) {
    return new String(chars, from, to - from);
  }

  @Override
  public String toString() {
    return new String(chars, 0, length);
  }
}
