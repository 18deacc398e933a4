package dev.weft.tensor.cpu;

import dev.weft.tensor.AttentionInputs;

/**
 * The part of the dropout mask that falls on a row of a block of scores. Belongs to one thread.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class AttentionDropout<A> {
  private static final int CAPACITY = AttentionBlocks.KEYS + UniformLoops.BLOCK;

  private final AttentionInputs in;
  private final UniformLoops uniform;
  private final ElementLoops<A> elements;
  private final float[] numbers;
  private long first;

  AttentionDropout(Loops<A> loops, AttentionInputs in) {
    this.in = in;
    this.uniform = loops.uniform();
    this.elements = loops.elements();
    this.numbers = in.drops() ? new float[CAPACITY] : null;
  }

  void moveTo(int number) {
    first = in.firstScore(number);
  }

  /** Draws a row's numbers. */
  void draw(int query, int key, int n) {
    long at = first + (long) query * in.k().dim(2) + key;
    int ahead = (int) (at & 3);
    // A block of the stream holds four numbers.
    uniform.fill(in.key(), at - ahead, n + ahead, numbers);
    System.arraycopy(numbers, ahead, numbers, 0, n);
  }

  /** Drops from the row that was drawn for. */
  void drop(A x, int xAt, A out, int outAt, int n) {
    elements.dropout(x, xAt, numbers, in.dropout(), out, outAt, n);
  }

  /** Drops from the rows of a block in place, where anything is to be dropped. */
  void apply(int query, int rows, int key, int n, A x, int pitch) {
    for (int row = 0; row < rows && in.drops(); row++) {
      draw(query + row, key, n);
      drop(x, row * pitch, x, row * pitch, n);
    }
  }
}
