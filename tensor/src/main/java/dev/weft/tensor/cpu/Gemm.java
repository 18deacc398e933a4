package dev.weft.tensor.cpu;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;

/**
 * Matrix product by blocks (Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication", 2008). The product is cut into parts, one or more for each thread; a part goes
 * through its columns by groups and through the inner dimension by blocks, packs that block of B,
 * then of A some rows at a time, and {@link GemmKernel} multiplies what is packed in registers. The
 * order in which an element's products are added depends on the inner dimension alone, so neither
 * threads nor the cut change a bit of the result.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Gemm<A> {
  /** Bytes of a panel of B: so many steps are a block that the panel stays in the L1 cache. */
  private static final int PANEL_BYTES = 32 << 10;

  /** Rows of A in a block, which then fits the L2 cache beside a group's sums. */
  private static final int ROWS = 128;

  /** Columns of B in a group. */
  private static final int COLUMNS = 512;

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
  private final int inner;

  Gemm(Loops<A> loops) {
    this.kernel = loops.gemm();
    this.elements = loops.elements();
    this.gemv = new Gemv<>(loops);
    this.packing = new GemmPacking<>(loops);
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
    this.inner = Math.clamp(PANEL_BYTES / loops.dtype().byteSize() / kernel.columns(), 64, 256);
  }

  void multiply(Tensor a, Tensor b, MatmulTail tail, Tensor out) {
    if (out.numel() == 0) {
      return;
    }
    int m = out.dim(-2);
    int n = out.dim(-1);
    int batch = out.numel() / (m * n);
    GemmProduct<A> first = GemmProduct.of(a, b, tail, out, 0);
    if (gemv.suits(first)) {
      for (int i = 0; i < batch; i++) {
        gemv.multiply(GemmProduct.of(a, b, tail, out, i));
      }
      return;
    }
    GemmPlan plan = plan(first, batch);
    long each = (long) plan.rows() * plan.columns() * Math.max(1, first.k());
    Threads.forRange(
        batch * plan.parts(),
        (int) Math.max(1, GRAIN / each),
        (from, to) -> {
          for (int part = from; part < to; part++) {
            multiplyPart(GemmProduct.of(a, b, tail, out, part / plan.parts()), plan, part);
          }
        });
  }

  /** As many parts as threads, where the work is worth it and the batch has not enough products. */
  private GemmPlan plan(GemmProduct<A> product, int batch) {
    long work = (long) product.m() * product.n() * Math.max(1, product.k());
    long parts = Math.min((Threads.count() + batch - 1) / batch, Math.max(1, work / GRAIN));
    if (batch >= 4 * Threads.count()) {
      parts = 1;
    }
    return GemmPlan.of(product.m(), product.n(), (int) parts, kernel.rows(), kernel.columns());
  }

  private void multiplyPart(GemmProduct<A> product, GemmPlan plan, int part) {
    int row = part % plan.parts() / plan.columnParts() * plan.rows();
    int column = part % plan.columnParts() * plan.columns();
    int rowEnd = Math.min(row + plan.rows(), product.m());
    int columnEnd = Math.min(column + plan.columns(), product.n());
    for (int at = column; at < columnEnd; at += COLUMNS) {
      multiplyGroup(product, row, rowEnd, at, Math.min(COLUMNS, columnEnd - at));
    }
  }

  private void multiplyGroup(GemmProduct<A> product, int row, int rowEnd, int column, int columns) {
    int padded = roundUp(columns, kernel.columns());
    A bias = workspace.get(SLOT_BIAS, padded);
    packing.bias(product.tail().bias(), column, columns, bias);
    int most = stepsInBlock(product.k());
    int p = 0;
    do {
      int steps = Math.min(most, product.k() - p);
      A b = workspace.get(SLOT_B, padded * steps);
      packing.columns(product.b(), column, columns, p, steps, b);
      for (int at = row; at < rowEnd; at += ROWS) {
        int rows = Math.min(ROWS, rowEnd - at);
        A a = workspace.get(SLOT_A, roundUp(rows, kernel.rows()) * steps);
        packing.rows(product.a(), at, rows, p, steps, a);
        multiplyBlock(new Block<>(product, at, rows, column, columns, p, steps), a, b, bias);
      }
      p += steps;
    } while (p < product.k());
  }

  /** Steps in each block: about equally many, and a multiple of any vector's length. */
  private int stepsInBlock(int k) {
    int blocks = Math.max(1, (k + inner - 1) / inner);
    return roundUp((k + blocks - 1) / blocks, 16);
  }

  /** Some rows and columns of a product, and some steps of its inner dimension. */
  private record Block<A>(
      GemmProduct<A> product, int row, int rows, int column, int columns, int p, int steps) {

    boolean isFirst() {
      return p == 0;
    }

    boolean isLast() {
      return p + steps == product.k();
    }
  }

  private void multiplyBlock(Block<A> block, A a, A b, A bias) {
    for (int j = 0; j < block.columns; j += kernel.columns()) {
      for (int i = 0; i < block.rows; i += kernel.rows()) {
        multiplyTile(block, i, j, a, b, bias);
      }
    }
    if (block.isLast() && block.product.tail().activation() != null) {
      activate(block);
    }
  }

  private void multiplyTile(Block<A> block, int i, int j, A a, A b, A bias) {
    GemmProduct<A> product = block.product;
    int rows = Math.min(kernel.rows(), block.rows - i);
    int columns = Math.min(kernel.columns(), block.columns - j);
    A sums = workspace.get(SLOT_TILE, kernel.rows() * kernel.columns());
    kernel.tile(rows, block.steps, a, i * block.steps, b, j * block.steps, sums);
    A c = product.c();
    int at = product.index(block.row + i, block.column + j);
    int stride = product.n();
    double scale = product.tail().scale();
    if (block.isFirst()) {
      kernel.store(sums, rows, columns, scale, bias, j, 0, c, at, stride);
    } else {
      kernel.store(sums, rows, columns, scale, c, at, stride, c, at, stride);
    }
  }

  private void activate(Block<A> block) {
    A c = block.product.c();
    for (int r = 0; r < block.rows; r++) {
      int at = block.product.index(block.row + r, block.column);
      elements.unary(block.product.tail().activation(), c, at, c, at, block.columns);
    }
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
