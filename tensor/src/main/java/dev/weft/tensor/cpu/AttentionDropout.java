package dev.weft.tensor.cpu;

import dev.weft.tensor.AttentionInputs;

/**
 * The part of the dropout mask that falls on a row of a block of scores. Belongs to one thread.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class AttentionDropout<A> {
  private static final int CAPACITY = AttentionBlocks.KEYS + PhiloxLoops.BLOCK;

  private final AttentionInputs in;
  private final PhiloxLoops philox;
  private final ElementLoops<A> elements;
  private final int[] words;
  private long first;

  AttentionDropout(Loops<A> loops, AttentionInputs in) {
    this.in = in;
    this.philox = loops.philox();
    this.elements = loops.elements();
    this.words = in.drops() ? new int[CAPACITY] : null;
  }

  void moveTo(int number) {
    first = in.firstScore(number);
  }

  /** Draws a row's words. */
  void draw(int query, int key, int n) {
    long at = first + (long) query * in.k().dim(2) + key;
    int ahead = (int) (at & 3);
    // A block of the stream holds four numbers.
    philox.fill(in.key(), at - ahead, n + ahead, words);
    System.arraycopy(words, ahead, words, 0, n);
  }

  /** Drops from the row that was drawn for. */
  void drop(A x, int xAt, A out, int outAt, int n) {
    elements.dropout(x, xAt, words, in.dropout(), out, outAt, n);
  }

  /** Drops from the rows of a block in place, where anything is to be dropped. */
  void apply(int query, int rows, int key, int n, A x, int pitch) {
    for (int row = 0; row < rows && in.drops(); row++) {
      draw(query + row, key, n);
      drop(x, row * pitch, x, row * pitch, n);
    }
  }
}
