package dev.weft.tensor.cpu;

import dev.weft.tensor.AttentionInputs;
import dev.weft.tensor.Tensor;

/**
 * One head's parts of attention's operands, laid out for {@link BlockLoops} whatever their strides.
 * Belongs to one thread.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class AttentionBlocks<A> {
  /** Queries of a block. */
  static final int QUERIES = 64;

  /** Keys of a block. */
  static final int KEYS = 128;

  /** Multiplications that are worth a thread's attention. */
  private static final long GRAIN = 1 << 18;

  /** The arrays that a thread uses again and again. */
  static final class Slot {
    static final int HIDDEN = 0;
    static final int QUERIES = 1;
    static final int KEYS = 2;
    static final int KEYS_TRANSPOSED = 3;
    static final int VALUES = 4;
    static final int VALUES_TRANSPOSED = 5;
    static final int OUTPUT = 6;
    static final int WEIGHTS = 7;
    static final int DROPPED = 8;
    static final int WEIGHT_GRADIENTS = 9;
    static final int OUTPUT_GRADIENTS = 10;
    static final int QUERY_GRADIENTS = 11;
    static final int KEY_GRADIENTS = 12;
    static final int VALUE_GRADIENTS = 13;
    private static final int COUNT = 14;

    private Slot() {}
  }

  private final BlockLoops<A> loops;
  private final ElementLoops<A> elements;
  private final Workspace<A> workspace;
  private final BlockMask mask;
  private final A hidden;
  private final int heads;
  private int head;

  AttentionBlocks(Loops<A> loops, AttentionInputs in, Workspace<A> workspace) {
    this.loops = loops.blocks();
    this.elements = loops.elements();
    this.workspace = workspace;
    this.mask = new BlockMask(in.mask());
    this.heads = in.q().dim(1);
    this.hidden = array(Slot.HIDDEN, KEYS);
    elements.fill(Double.NEGATIVE_INFINITY, hidden, 0, KEYS);
  }

  static <A> Workspace<A> workspace(Loops<A> loops) {
    return new Workspace<>(loops.dtype(), Slot.COUNT);
  }

  /** How many of {@code pieces}, each of so many multiplications, make a task. */
  static int together(int pieces, long multiplications) {
    return Math.clamp(GRAIN / Math.max(1, multiplications), 1, Math.max(1, pieces));
  }

  A array(int slot, int length) {
    return workspace.get(slot, length);
  }

  /** Goes to a head, counted through the batch. */
  void moveTo(int number) {
    head = number;
    mask.moveTo(number / heads, number % heads);
  }

  int head() {
    return head;
  }

  BlockMask mask() {
    return mask;
  }

  /** The next multiple of a block's lanes. */
  int padded(int columns) {
    int lanes = loops.lanes();
    return (columns + lanes - 1) / lanes * lanes;
  }

  /** The next multiple of a block's rows. */
  static int paddedRows(int rows) {
    return (rows + BlockLoops.ROWS - 1) / BlockLoops.ROWS * BlockLoops.ROWS;
  }

  /** Where a row of this head starts in a tensor [batch, heads, seq, width]. */
  private int index(Tensor tensor, int row) {
    return tensor.offset()
        + head / heads * tensor.stride(0)
        + head % heads * tensor.stride(1)
        + row * tensor.stride(2);
  }

  /** Rows of this head times a factor, [count, pitch]. */
  void rows(Tensor x, int from, int count, double factor, A out, int pitch) {
    A source = Dense.array(x);
    int at = index(x, from);
    loops.copy(source, at, x.stride(2), x.stride(3), count, x.dim(3), factor, out, 0, pitch);
  }

  /** All rows of this head turned into columns: for each block of keys [width, padded keys]. */
  void transposed(Tensor x, A out) {
    A source = Dense.array(x);
    int width = x.dim(3);
    for (int row = 0; row < x.dim(2); row += KEYS) {
      int n = Math.min(KEYS, x.dim(2) - row);
      int at = index(x, row);
      loops.copy(source, at, x.stride(3), x.stride(2), width, n, 1, out, row * width, padded(n));
    }
  }

  /** Writes a row of this head times a factor. */
  void store(A from, int fromAt, double factor, Tensor out, int row) {
    elements.scale(from, fromAt, factor, Dense.array(out), index(out, row), out.dim(3));
  }

  /** Hides what a row of the mask's block does not attend to, and what fills it up. */
  void hide(int row, A scores, int at, int n, int pitch) {
    mask.hide(elements, row, scores, at, n, hidden);
    if (n < pitch) {
      elements.fill(Double.NEGATIVE_INFINITY, scores, at + n, pitch - n);
    }
  }
}
