package dev.weft.tensor.cpu;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;

/**
 * Matrix product by blocks (Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication", 2008): a slice of B is packed so that it stays in the outer cache, blocks of A
 * so that they stay in the inner one, and {@link GemmKernel} multiplies packed panels in registers.
 * Packing reads through any strides, so a transposed operand costs no copy; the scale joins the
 * packing of A, and the bias is what the sums start from.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Gemm<A> {
  /** Steps of the inner dimension in a block: a panel of B then fits the L1 cache. */
  private static final int INNER = 256;

  /** Rows of A in a block, which then fits the L2 cache. */
  private static final int ROWS = 96;

  /** Columns of B in a packed slice. */
  private static final int COLUMNS = 2048;

  private static final int SLOT_A = 0;
  private static final int SLOT_B = 1;
  private static final int SLOT_BIAS = 2;
  private static final int SLOT_TILE = 3;
  private static final int SLOTS = 4;

  private final GemmKernel<A> kernel;
  private final ElementLoops<A> elements;
  private final Workspace<A> workspace;

  Gemm(Loops<A> loops) {
    this.kernel = loops.gemm();
    this.elements = loops.elements();
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
  }

  /** One matrix in its storage. */
  private record Matrix<A>(A array, int at, int rowStride, int columnStride) {
    static <A> Matrix<A> of(Tensor tensor, int at) {
      return new Matrix<>(Dense.array(tensor), at, tensor.stride(-2), tensor.stride(-1));
    }

    int index(int row, int column) {
      return at + row * rowStride + column * columnStride;
    }
  }

  /** One product: what all its blocks share. */
  private record Product<A>(
      Matrix<A> a, Matrix<A> b, Matrix<A> c, int m, int n, int k, MatmulTail tail) {}

  void multiply(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    if (out.numel() == 0) {
      return;
    }
    Threads.run(
        out.numel() / (m * n),
        i ->
            multiply(
                new Product<>(
                    Matrix.of(a, start(a, i)),
                    Matrix.of(b, start(b, i)),
                    new Matrix<>(Dense.array(out), start(out, i), n, 1),
                    m,
                    n,
                    k,
                    tail)));
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
    int width = kernel.columns();
    A bias = workspace.get(SLOT_BIAS, Math.min(COLUMNS, roundUp(product.n, width)));
    for (int column = 0; column < product.n; column += COLUMNS) {
      int columns = Math.min(COLUMNS, product.n - column);
      packBias(product.tail.bias(), column, columns, bias);
      int p = 0;
      do {
        int steps = Math.min(INNER, product.k - p);
        multiplySlice(product, column, columns, p, steps, bias);
        p += steps;
      } while (p < product.k);
    }
  }

  /** The sums' first values: the bias, or zero. */
  private void packBias(Tensor bias, int column, int columns, A packed) {
    int width = kernel.columns();
    if (bias == null) {
      kernel.pack(packed, 0, 1, 0, 0, 1, 0, packed, 0, roundUp(columns, width));
      return;
    }
    int at = bias.offset() + column * bias.stride(0);
    int padded = roundUp(columns, width);
    kernel.pack(Dense.array(bias), at, bias.stride(0), columns, 0, 1, 1, packed, 0, padded);
  }

  private void multiplySlice(
      Product<A> product, int column, int columns, int p, int steps, A bias) {
    int width = kernel.columns();
    int panels = (columns + width - 1) / width;
    A packed = workspace.get(SLOT_B, panels * width * steps);
    Threads.forRange(
        panels,
        Math.max(1, Walk.GRAIN / Math.max(1, width * steps)),
        (from, to) -> packColumns(product.b, column, columns, p, steps, from, to, packed));
    int blocks = (product.m + ROWS - 1) / ROWS;
    // Where rows alone give the threads too little to share, columns are shared as well.
    int cuts = Math.clamp((2L * Threads.count() + blocks - 1) / blocks, 1, Math.max(1, panels / 4));
    int panelsPerCut = (panels + cuts - 1) / cuts;
    Threads.run(
        blocks * cuts,
        task -> {
          int row = task / cuts * ROWS;
          int first = task % cuts * panelsPerCut;
          int last = Math.min(panels, first + panelsPerCut);
          multiplyBlock(product, row, column, columns, first, last, p, steps, packed, bias);
        });
  }

  private void packColumns(
      Matrix<A> b, int column, int columns, int p, int steps, int from, int to, A packed) {
    int width = kernel.columns();
    for (int panel = from; panel < to; panel++) {
      int first = panel * width;
      kernel.pack(
          b.array,
          b.index(p, column + first),
          b.columnStride,
          Math.min(width, columns - first),
          b.rowStride,
          steps,
          1,
          packed,
          first * steps,
          width);
    }
  }

  private void multiplyBlock(
      Product<A> product,
      int row,
      int column,
      int columns,
      int firstPanel,
      int lastPanel,
      int p,
      int steps,
      A packedB,
      A bias) {
    int rows = Math.min(ROWS, product.m - row);
    int height = kernel.rows();
    int width = kernel.columns();
    A packedA = workspace.get(SLOT_A, roundUp(rows, height) * steps);
    packRows(product, row, rows, p, steps, packedA);
    for (int panel = firstPanel; panel < lastPanel; panel++) {
      int inSlice = panel * width;
      int wide = Math.min(width, columns - inSlice);
      for (int r = 0; r < rows; r += height) {
        int high = Math.min(height, rows - r);
        int at = product.c.index(row + r, column + inSlice);
        int stride = product.c.rowStride;
        A c = product.c.array;
        boolean first = p == 0;
        A init = first ? bias : c;
        int initAt = first ? inSlice : at;
        int initStride = first ? 0 : stride;
        if (high == height && wide == width) {
          kernel.tile(
              steps,
              packedA,
              r * steps,
              packedB,
              inSlice * steps,
              init,
              initAt,
              initStride,
              c,
              at,
              stride);
        } else {
          edgeTile(
              steps,
              packedA,
              r * steps,
              packedB,
              inSlice * steps,
              init,
              initAt,
              initStride,
              c,
              at,
              stride,
              high,
              wide);
        }
      }
    }
    if (p + steps == product.k && product.tail.activation() != null) {
      int from = firstPanel * width;
      activate(product, row, rows, column + from, Math.min(lastPanel * width, columns) - from);
    }
  }

  private void packRows(Product<A> product, int row, int rows, int p, int steps, A packed) {
    Matrix<A> a = product.a;
    int height = kernel.rows();
    for (int r = 0; r < rows; r += height) {
      kernel.pack(
          a.array,
          a.index(row + r, p),
          a.rowStride,
          Math.min(height, rows - r),
          a.columnStride,
          steps,
          product.tail.scale(),
          packed,
          r * steps,
          height);
    }
  }

  /** A tile that sticks out of the matrix: computed whole in scratch memory, copied in part. */
  private void edgeTile(
      int steps,
      A a,
      int aAt,
      A b,
      int bAt,
      A init,
      int initAt,
      int initStride,
      A c,
      int cAt,
      int cStride,
      int high,
      int wide) {
    int width = kernel.columns();
    A tile = workspace.get(SLOT_TILE, kernel.rows() * width);
    A start = init;
    int startAt = initAt;
    if (initStride != 0) {
      for (int r = 0; r < high; r++) {
        System.arraycopy(init, initAt + r * initStride, tile, r * width, wide);
      }
      start = tile;
      startAt = 0;
    }
    kernel.tile(steps, a, aAt, b, bAt, start, startAt, initStride == 0 ? 0 : width, tile, 0, width);
    for (int r = 0; r < high; r++) {
      System.arraycopy(tile, r * width, c, cAt + r * cStride, wide);
    }
  }

  private void activate(Product<A> product, int row, int rows, int column, int columns) {
    A c = product.c.array;
    for (int r = 0; r < rows; r++) {
      int at = product.c.index(row + r, column);
      elements.unary(product.tail.activation(), c, at, c, at, columns);
    }
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
