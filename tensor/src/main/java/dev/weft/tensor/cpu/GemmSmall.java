package dev.weft.tensor.cpu;

import dev.weft.tensor.cpu.GemmProduct.Matrix;

/**
 * Products of many small matrices without packing A, such as attention's scores: with few steps,
 * packing A costs a tenth of the product. The same bits as {@link Gemm} gives.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class GemmSmall<A> {
  /** Bytes of B that stay in the L1 cache beside some rows of A. */
  private static final int MOST_B = 32 << 10;

  private static final int SLOT_ROWS = 0;
  private static final int SLOT_RESULT = 1;
  private static final int SLOT_B = 2;
  private static final int SLOTS = 3;

  private final Loops<A> loops;
  private final BlockLoops<A> blocks;
  private final Workspace<A> workspace;

  GemmSmall(Loops<A> loops) {
    this.loops = loops;
    this.blocks = loops.blocks();
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
  }

  boolean suits(GemmProduct<A> product) {
    int width = blocks.columnsOfRows();
    Matrix a = product.a();
    Matrix b = product.b();
    return width > 0
        && product.n() % width == 0
        && product.tail().bias() == null
        && product.tail().scale() == 1
        && a.columnStride() == 1
        && (b.columnStride() == 1 || b.rowStride() == 1)
        && b.dtype() == a.dtype()
        && (long) product.k() * product.n() * a.dtype().byteSize() <= MOST_B;
  }

  void multiply(GemmProduct<A> product) {
    int n = product.n();
    A b = rowsOfB(product);
    boolean inPlace = product.b().columnStride() == 1;
    int bAt = inPlace ? product.b().at() : 0;
    int bRow = inPlace ? product.b().rowStride() : n;
    int whole = product.m() / blocks.rows() * blocks.rows();
    Matrix a = product.a();
    blocks.productOfRows(
        whole,
        n,
        product.k(),
        a.elements(),
        a.at(),
        a.rowStride(),
        b,
        bAt,
        bRow,
        product.c(),
        product.cAt());
    if (whole < product.m()) {
      multiplyLast(product, whole, b, bAt, bRow);
    }
    if (product.tail().activation() != null) {
      A c = product.c();
      int at = product.cAt();
      loops.elements().unary(product.tail().activation(), c, at, c, at, product.m() * n);
    }
  }

  /** B itself where its rows are dense, else its rows one after the other. */
  private A rowsOfB(GemmProduct<A> product) {
    Matrix b = product.b();
    int n = product.n();
    if (b.columnStride() == 1) {
      return b.elements();
    }
    A rows = workspace.get(SLOT_B, product.k() * n);
    loops
        .gemm()
        .pack(b.elements(), b.at(), b.columnStride(), n, b.rowStride(), product.k(), rows, 0, n, 0);
    return rows;
  }

  /** The rows from {@code first} on, which are too few for a block: by way of scratch memory. */
  private void multiplyLast(GemmProduct<A> product, int first, A b, int bAt, int bRow) {
    int n = product.n();
    int k = product.k();
    A rows = workspace.get(SLOT_ROWS, blocks.rows() * k);
    for (int row = first; row < product.m(); row++) {
      Object source = product.a().array();
      System.arraycopy(source, product.a().index(row, 0), rows, (row - first) * k, k);
    }
    A result = workspace.get(SLOT_RESULT, blocks.rows() * n);
    blocks.productOfRows(blocks.rows(), n, k, rows, 0, k, b, bAt, bRow, result, 0);
    System.arraycopy(result, 0, product.c(), product.index(first, 0), (product.m() - first) * n);
  }
}
