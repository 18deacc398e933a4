package dev.weft.tensor.cpu;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.GemmSlice.Matrix;
import dev.weft.tensor.cpu.GemmSlice.Product;

/**
 * Matrix product by blocks (Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication", 2008): a slice of B is packed so that it stays in the outer cache, blocks of A
 * are gone through so that they stay in the inner one, and {@link GemmKernel} multiplies in
 * registers. Packing reads through any strides, so a transposed operand costs no copy; what is used
 * too seldom to be worth packing is read where it lies. The bias is what the sums start from.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Gemm<A> {
  /** Steps of the inner dimension in a block: a panel of B then fits the L1 cache. */
  private static final int INNER = 256;

  /** Rows of A in a block, which then fits the L2 cache. */
  private static final int ROWS = 96;

  /** Columns of B in a slice. */
  private static final int COLUMNS = 512;

  /** Rows of the product from which on packing B pays, although its rows lie well. */
  private static final int PACK_B_FROM = 64;

  /** Panels of B from which on packing A pays. */
  private static final int PACK_A_FROM = 16;

  /** Multiplications that are worth a thread's attention. */
  private static final int GRAIN = 1 << 18;

  private static final int SLOT_A = 0;
  private static final int SLOT_B = 1;
  private static final int SLOT_BIAS = 2;
  private static final int SLOT_TILE = 3;
  private static final int SLOTS = 4;

  private final GemmKernel<A> kernel;
  private final ElementLoops<A> elements;
  private final Gemv<A> gemv;
  private final GemmPacking<A> packing;
  private final Workspace<A> workspace;

  Gemm(Loops<A> loops) {
    this.kernel = loops.gemm();
    this.elements = loops.elements();
    this.gemv = new Gemv<>(loops);
    this.packing = new GemmPacking<>(loops);
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
  }

  void multiply(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    if (out.numel() == 0) {
      return;
    }
    int batch = out.numel() / (m * n);
    // Few large products share their blocks among the threads, many small ones are shared whole.
    boolean whole = batch >= 4 * Threads.count() || (long) m * n * k < GRAIN;
    int together = whole ? (int) Math.max(1, GRAIN / 4 / ((long) m * n * Math.max(1, k))) : batch;
    Threads.forRange(
        batch,
        together,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            Matrix<A> c = new Matrix<>(Dense.array(out), start(out, i), n, 1);
            Matrix<A> left = Matrix.of(a, start(a, i));
            multiply(new Product<>(left, Matrix.of(b, start(b, i)), c, m, n, k, tail));
          }
        });
  }

  /** Where the i-th matrix of a batch starts. */
  private static int start(Tensor tensor, int i) {
    int at = tensor.offset();
    int rest = i;
    for (int axis = tensor.rank() - 3; axis >= 0; axis--) {
      at += rest % tensor.dim(axis) * tensor.stride(axis);
      rest /= tensor.dim(axis);
    }
    return at;
  }

  private void multiply(Product<A> product) {
    if (gemv.suits(product)) {
      gemv.multiply(product);
      return;
    }
    int width = kernel.columns();
    A bias = workspace.get(SLOT_BIAS, roundUp(Math.min(COLUMNS, product.n()), width));
    for (int column = 0; column < product.n(); column += COLUMNS) {
      int columns = Math.min(COLUMNS, product.n() - column);
      packing.bias(product.tail().bias(), column, columns, bias);
      int p = 0;
      do {
        int steps = Math.min(INNER, product.k() - p);
        multiplySlice(slice(product, column, columns, p, steps, bias));
        p += steps;
      } while (p < product.k());
    }
  }

  /** Decides what is packed, and packs it of B. */
  private GemmSlice<A> slice(
      Product<A> product, int column, int columns, int p, int steps, A bias) {
    int width = kernel.columns();
    int panels = (columns + width - 1) / width;
    boolean packsB = product.b().columnStride() != 1 || product.m() >= PACK_B_FROM;
    // A panel that sticks out of the matrix is always packed, with zeros beside it.
    int firstPacked = packsB ? 0 : columns / width;
    boolean packsA = product.tail().scale() != 1 || panels >= PACK_A_FROM;
    A packed = workspace.get(SLOT_B, (panels - firstPacked) * width * steps);
    packing.columns(product.b(), column, columns, p, steps, firstPacked, packed);
    return new GemmSlice<>(product, column, columns, p, steps, packsA, firstPacked, packed, bias);
  }

  private void multiplySlice(GemmSlice<A> slice) {
    int width = kernel.columns();
    int m = slice.product().m();
    int panels = (slice.columns() + width - 1) / width;
    // Enough tasks for all threads: fewer rows a block where there are few, then columns as well.
    int wanted = (long) m * slice.columns() * slice.steps() < GRAIN ? 1 : 2 * Threads.count();
    int rows = Math.clamp(roundUp((m + wanted - 1) / wanted, kernel.rows()), 32, ROWS);
    int blocks = (m + rows - 1) / rows;
    int cuts = Math.clamp((wanted + blocks - 1) / blocks, 1, panels);
    int panelsPerCut = (panels + cuts - 1) / cuts;
    Threads.run(
        blocks * cuts,
        task -> {
          int row = task / cuts * rows;
          int first = task % cuts * panelsPerCut;
          int last = Math.min(panels, first + panelsPerCut);
          if (first < last) {
            multiplyBlock(slice, row, Math.min(rows, m - row), first, last);
          }
        });
  }

  private void multiplyBlock(GemmSlice<A> slice, int row, int rows, int firstPanel, int lastPanel) {
    int height = kernel.rows();
    int width = kernel.columns();
    // Rows that do not fill a tile are always packed, with zeros below.
    int firstPacked = slice.packsA() ? 0 : rows / height * height;
    A packedA = workspace.get(SLOT_A, roundUp(rows - firstPacked, height) * slice.steps());
    packing.rows(
        slice.product(), row + firstPacked, rows - firstPacked, slice.p(), slice.steps(), packedA);
    for (int panel = firstPanel; panel < lastPanel; panel++) {
      for (int r = 0; r < rows; r += height) {
        A a = slice.product().a().array();
        if (r >= firstPacked) {
          int at = (r - firstPacked) * slice.steps();
          multiplyTile(slice, packedA, at, 1, height, row + r, Math.min(height, rows - r), panel);
        } else {
          Matrix<A> left = slice.product().a();
          int at = left.index(row + r, slice.p());
          multiplyTile(slice, a, at, left.rowStride(), left.columnStride(), row + r, height, panel);
        }
      }
    }
    if (slice.isLast() && slice.product().tail().activation() != null) {
      int from = firstPanel * width;
      activate(slice, row, rows, from, Math.min(lastPanel * width, slice.columns()) - from);
    }
  }

  private void multiplyTile(
      GemmSlice<A> slice, A a, int aAt, int aRowStride, int aStep, int row, int high, int panel) {
    int width = kernel.columns();
    int inSlice = panel * width;
    int wide = Math.min(width, slice.columns() - inSlice);
    boolean packed = panel >= slice.firstPacked();
    Matrix<A> right = slice.product().b();
    A b = packed ? slice.packedB() : right.array();
    int bAt =
        packed
            ? (panel - slice.firstPacked()) * width * slice.steps()
            : right.index(slice.p(), slice.column() + inSlice);
    int bStep = packed ? width : right.rowStride();
    Matrix<A> c = slice.product().c();
    int at = c.index(row, slice.column() + inSlice);
    A init = slice.isFirst() ? slice.bias() : c.array();
    int initAt = slice.isFirst() ? inSlice : at;
    int initStride = slice.isFirst() ? 0 : c.rowStride();
    if (high == kernel.rows() && wide == width) {
      kernel.tile(
          slice.steps(),
          a,
          aAt,
          aRowStride,
          aStep,
          b,
          bAt,
          bStep,
          init,
          initAt,
          initStride,
          c.array(),
          at,
          c.rowStride());
      return;
    }
    // Sticks out of the matrix: computed whole in scratch memory, copied in part.
    A tile = workspace.get(SLOT_TILE, kernel.rows() * width);
    if (!slice.isFirst()) {
      copyRows(init, initAt, initStride, tile, 0, width, high, wide);
      init = tile;
      initAt = 0;
      initStride = width;
    }
    kernel.tile(
        slice.steps(),
        a,
        aAt,
        aRowStride,
        aStep,
        b,
        bAt,
        bStep,
        init,
        initAt,
        initStride,
        tile,
        0,
        width);
    copyRows(tile, 0, width, c.array(), at, c.rowStride(), high, wide);
  }

  private static <A> void copyRows(
      A from, int fromAt, int fromStride, A to, int toAt, int toStride, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, fromAt + r * fromStride, to, toAt + r * toStride, columns);
    }
  }

  private void activate(GemmSlice<A> slice, int row, int rows, int from, int columns) {
    Matrix<A> c = slice.product().c();
    for (int r = 0; r < rows; r++) {
      int at = c.index(row + r, slice.column() + from);
      elements.unary(slice.product().tail().activation(), c.array(), at, c.array(), at, columns);
    }
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
