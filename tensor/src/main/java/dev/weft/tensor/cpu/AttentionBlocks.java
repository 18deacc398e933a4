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
  /**
   * Queries of a block, a multiple of every {@link BlockLoops#rows}: rows without meaning then come
   * behind the last block only.
   */
  static final int QUERIES = 66;

  /** Keys of a block. */
  static final int KEYS = 128;

  /** Queries that go together to a block of keys, which is laid out once for all of them. */
  static final int GROUP = 8 * QUERIES;

  /** Multiplications that are worth a thread's attention. */
  private static final long GRAIN = 1 << 21;

  /** The arrays that a thread uses again and again. */
  static final class Slot {
    static final int HIDDEN = 0;
    static final int QUERIES = 1;
    static final int QUERY_PANELS = 2;
    static final int KEY_PANELS = 3;
    static final int KEYS_TRANSPOSED = 4;
    static final int VALUE_PANELS = 5;
    static final int VALUES_TRANSPOSED = 6;
    static final int OUTPUT = 7;
    static final int WEIGHTS = 8;
    static final int DROPPED = 9;
    static final int WEIGHT_GRADIENTS = 10;
    static final int OUTPUT_GRADIENTS = 11;
    static final int OUTPUT_GRADIENT_PANELS = 12;
    static final int QUERY_GRADIENTS = 13;
    static final int KEY_GRADIENTS = 14;
    static final int VALUE_GRADIENTS = 15;
    private static final int COUNT = 16;

    private Slot() {}
  }

  private final BlockLoops<A> loops;
  private final GemmKernel<A> packing;
  private final ElementLoops<A> elements;
  private final Workspace<A> workspace;
  private final BlockMask mask;
  private final A hidden;
  private final int heads;
  private int head;

  AttentionBlocks(Loops<A> loops, AttentionInputs in, Workspace<A> workspace) {
    this.loops = loops.blocks();
    this.packing = loops.gemm();
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

  /** Blocks of so many queries. */
  static int count(int queries) {
    return (queries + QUERIES - 1) / QUERIES;
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

  /** Rows there must be room for where a product has so many, the last from any row on. */
  int roomFor(int rows) {
    return rows + loops.rows();
  }

  /** Where a row of this head starts in a tensor [batch, heads, seq, width]. */
  private int index(Tensor tensor, int row) {
    return tensor.offset()
        + head / heads * tensor.stride(0)
        + head % heads * tensor.stride(1)
        + row * tensor.stride(2);
  }

  /** Rows of this head, [count, width]. */
  void rows(Tensor x, int from, int count, A out) {
    int width = x.dim(3);
    if (width > 0) {
      A source = Dense.array(x);
      int at = index(x, from);
      packing.pack(source, at, x.stride(3), width, x.stride(2), count, out, 0, width, 0);
    }
  }

  /** Panels over the columns of some rows of this head: for each [count, columns of the panel]. */
  void panels(Tensor x, int from, int count, A out) {
    int at = index(x, from);
    panels(Dense.array(x), at, x.stride(3), x.dim(3), x.stride(2), count, out, 0);
  }

  /** The same of rows that follow one another. */
  void panels(A rows, int at, int width, int count, A out, int outAt) {
    panels(rows, at, 1, width, width, count, out, outAt);
  }

  /** Panels over some rows of this head: for each [width, rows of the panel]. */
  void transposedPanels(Tensor x, int from, int count, A out) {
    int at = index(x, from);
    panels(Dense.array(x), at, x.stride(2), count, x.stride(3), x.dim(3), out, 0);
  }

  private void panels(
      A x, int at, int laneStride, int lanes, int stepStride, int steps, A out, int outAt) {
    int columns = padded(lanes);
    for (int j = 0; j < columns; j += loops.panel(columns - j)) {
      int panel = loops.panel(columns - j);
      int here = Math.min(panel, lanes - j);
      int from = at + j * laneStride;
      packing.pack(x, from, laneStride, here, stepStride, steps, out, outAt + j * steps, panel, 0);
    }
  }

  /** The scores' factor on the queries, once for all keys. */
  void scale(A x, double factor, int n) {
    elements.scale(x, 0, factor, x, 0, n);
  }

  /** Writes a row of this head times a factor. */
  void store(A from, int fromAt, double factor, Tensor out, int row) {
    elements.scale(from, fromAt, factor, Dense.array(out), index(out, row), out.dim(3));
  }

  /** Hides what the mask's block does not attend to, and what fills up the rows of n scores. */
  void hide(int rows, A scores, int n) {
    int pitch = padded(n);
    mask.hide(elements, rows, scores, n, pitch, hidden);
    for (int row = 0; row < rows && n < pitch; row++) {
      elements.fill(Double.NEGATIVE_INFINITY, scores, row * pitch + n, pitch - n);
    }
  }
}
