package dev.weft.tensor.cpu;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;

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
  private final Workspace<A> workspace;

  Gemm(Loops<A> loops) {
    this.kernel = loops.gemm();
    this.elements = loops.elements();
    this.gemv = new Gemv<>(loops);
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
  }

  /** One matrix in its storage. */
  record Matrix<A>(A array, int at, int rowStride, int columnStride) {
    static <A> Matrix<A> of(Tensor tensor, int at) {
      return new Matrix<>(Dense.array(tensor), at, tensor.stride(-2), tensor.stride(-1));
    }

    int index(int row, int column) {
      return at + row * rowStride + column * columnStride;
    }
  }

  /** One product: what all its blocks share. */
  record Product<A>(Matrix<A> a, Matrix<A> b, Matrix<A> c, int m, int n, int k, MatmulTail tail) {}

  /** Columns [column, column + columns) and steps [p, p + steps) of a product. */
  private record Slice<A>(
      Product<A> product,
      int column,
      int columns,
      int p,
      int steps,
      boolean packsA,
      int firstPacked,
      A packedB,
      A bias) {

    boolean isFirst() {
      return p == 0;
    }

    boolean isLast() {
      return p + steps == product.k;
    }
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
    A bias = workspace.get(SLOT_BIAS, roundUp(Math.min(COLUMNS, product.n), width));
    for (int column = 0; column < product.n; column += COLUMNS) {
      int columns = Math.min(COLUMNS, product.n - column);
      packBias(product.tail.bias(), column, columns, bias);
      int p = 0;
      do {
        int steps = Math.min(INNER, product.k - p);
        multiplySlice(slice(product, column, columns, p, steps, bias));
        p += steps;
      } while (p < product.k);
    }
  }

  /** The sums' first values: the bias, or zero. */
  private void packBias(Tensor bias, int column, int columns, A packed) {
    int padded = roundUp(columns, kernel.columns());
    if (bias == null) {
      elements.fill(0, packed, 0, padded);
      return;
    }
    int at = bias.offset() + column * bias.stride(0);
    kernel.pack(Dense.array(bias), at, bias.stride(0), columns, 0, 1, 1, packed, 0, padded);
  }

  /** Decides what is packed, and packs it of B. */
  private Slice<A> slice(Product<A> product, int column, int columns, int p, int steps, A bias) {
    int width = kernel.columns();
    int panels = (columns + width - 1) / width;
    boolean packsB = product.b.columnStride != 1 || product.m >= PACK_B_FROM;
    // A panel that sticks out of the matrix is always packed, with zeros beside it.
    int firstPacked = packsB ? 0 : columns / width;
    boolean packsA = product.tail.scale() != 1 || panels >= PACK_A_FROM;
    A packed = workspace.get(SLOT_B, (panels - firstPacked) * width * steps);
    Threads.forRange(
        panels - firstPacked,
        Math.max(1, Walk.GRAIN / Math.max(1, width * steps)),
        (from, to) -> {
          for (int panel = from; panel < to; panel++) {
            int first = (firstPacked + panel) * width;
            packPanel(
                product.b,
                column + first,
                Math.min(width, columns - first),
                p,
                steps,
                packed,
                panel * width * steps);
          }
        });
    return new Slice<>(product, column, columns, p, steps, packsA, firstPacked, packed, bias);
  }

  private void packPanel(Matrix<A> b, int column, int columns, int p, int steps, A packed, int at) {
    int width = kernel.columns();
    kernel.pack(
        b.array,
        b.index(p, column),
        b.columnStride,
        columns,
        b.rowStride,
        steps,
        1,
        packed,
        at,
        width);
  }

  private void multiplySlice(Slice<A> slice) {
    int width = kernel.columns();
    int m = slice.product.m;
    int panels = (slice.columns + width - 1) / width;
    // Enough tasks for all threads: fewer rows a block where there are few, then columns as well.
    int wanted = (long) m * slice.columns * slice.steps < GRAIN ? 1 : 2 * Threads.count();
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

  private void multiplyBlock(Slice<A> slice, int row, int rows, int firstPanel, int lastPanel) {
    int height = kernel.rows();
    int width = kernel.columns();
    // Rows that do not fill a tile are always packed, with zeros below.
    int firstPacked = slice.packsA ? 0 : rows / height * height;
    A packedA = workspace.get(SLOT_A, roundUp(rows - firstPacked, height) * slice.steps);
    packRows(slice, row + firstPacked, rows - firstPacked, packedA);
    for (int panel = firstPanel; panel < lastPanel; panel++) {
      for (int r = 0; r < rows; r += height) {
        A a = slice.product.a.array;
        if (r >= firstPacked) {
          int at = (r - firstPacked) * slice.steps;
          multiplyTile(slice, packedA, at, 1, height, row + r, Math.min(height, rows - r), panel);
        } else {
          Matrix<A> left = slice.product.a;
          int at = left.index(row + r, slice.p);
          multiplyTile(slice, a, at, left.rowStride, left.columnStride, row + r, height, panel);
        }
      }
    }
    if (slice.isLast() && slice.product.tail.activation() != null) {
      int from = firstPanel * width;
      activate(slice, row, rows, from, Math.min(lastPanel * width, slice.columns) - from);
    }
  }

  private void packRows(Slice<A> slice, int row, int rows, A packed) {
    Matrix<A> a = slice.product.a;
    int height = kernel.rows();
    for (int r = 0; r < rows; r += height) {
      kernel.pack(
          a.array,
          a.index(row + r, slice.p),
          a.rowStride,
          Math.min(height, rows - r),
          a.columnStride,
          slice.steps,
          slice.product.tail.scale(),
          packed,
          r * slice.steps,
          height);
    }
  }

  private void multiplyTile(
      Slice<A> slice, A a, int aAt, int aRowStride, int aStep, int row, int high, int panel) {
    int width = kernel.columns();
    int inSlice = panel * width;
    int wide = Math.min(width, slice.columns - inSlice);
    boolean packed = panel >= slice.firstPacked;
    Matrix<A> right = slice.product.b;
    A b = packed ? slice.packedB : right.array;
    int bAt =
        packed
            ? (panel - slice.firstPacked) * width * slice.steps
            : right.index(slice.p, slice.column + inSlice);
    int bStep = packed ? width : right.rowStride;
    Matrix<A> c = slice.product.c;
    int at = c.index(row, slice.column + inSlice);
    A init = slice.isFirst() ? slice.bias : c.array;
    int initAt = slice.isFirst() ? inSlice : at;
    int initStride = slice.isFirst() ? 0 : c.rowStride;
    if (high == kernel.rows() && wide == width) {
      kernel.tile(
          slice.steps,
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
          c.array,
          at,
          c.rowStride);
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
        slice.steps,
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
    copyRows(tile, 0, width, c.array, at, c.rowStride, high, wide);
  }

  private static <A> void copyRows(
      A from, int fromAt, int fromStride, A to, int toAt, int toStride, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, fromAt + r * fromStride, to, toAt + r * toStride, columns);
    }
  }

  private void activate(Slice<A> slice, int row, int rows, int from, int columns) {
    Matrix<A> c = slice.product.c;
    for (int r = 0; r < rows; r++) {
      int at = c.index(row + r, slice.column + from);
      elements.unary(slice.product.tail.activation(), c.array, at, c.array, at, columns);
    }
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
