package dev.weft.nn.text;

/** What turns one word into tokens of a vocabulary. Threads may share it. */
interface WordModel {
  /** The ids of a word, which is not empty. */
  int[] ids(char[] text, int from, int to);

  /**
   * Where the tokens of a word lie in it: adds {@code begin, end} for each of its ids, positions in
   * {@code text}. A token of bytes that are part of a character lies on the whole of it.
   */
  void spans(int[] ids, char[] text, int from, int to, IntList spans);
}
