package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Matrix product by blocks (Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication", 2008). The product is cut into parts, one or more for each thread; a part goes
 * through the inner dimension by blocks and through its rows by many at a time, packs those rows of
 * A, then groups of B's columns, each for itself, and {@link GemmKernel} multiplies what is packed
 * in registers. The order in which an element's products are added depends on the inner dimension
 * alone, so neither threads nor the cut change a bit of the result.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Gemm<A> {
  /** Bytes of B that lie in the L1 cache as they are. */
  private static final int SMALL_B = 32 << 10;

  /** Bytes of B that are worth no packing for few rows of A. */
  private static final int SMALL_B_OF_FEW_ROWS = 256 << 10;

  /** Rows of A that are packed at once; panels of B are packed again for the next so many. */
  private static final int ROWS = 1032;

  /** Rows of A that fit the L2 cache beside a few panels of B. */
  private static final int FEW_ROWS = 132;

  /** Columns of B in a group, whose panels fit the L2 cache. */
  private static final int COLUMNS = 256;

  /** Multiplications that are worth a thread's attention. */
  private static final int GRAIN = 1 << 18;

  /** Products of a batch for each thread, from which on none is cut. */
  private static final int PRODUCTS = 4;

  private static final int SLOT_A = 0;
  private static final int SLOT_B = 1;
  private static final int SLOT_BIAS = 2;
  private static final int SLOT_TILE = 3;
  private static final int SLOTS = 4;

  private final DType dtype;
  private final GemmKernel<A> kernel;
  private final ElementLoops<A> elements;
  private final Gemv<A> gemv;
  private final GemmSmall<A> small;
  private final GemmPacking<A> packing;
  private final Workspace<A> workspace;
  private final AlignedMemory alignedMemory = new AlignedMemory();

  Gemm(Loops<A> loops) {
    this.dtype = loops.dtype();
    this.kernel = loops.gemm();
    this.elements = loops.elements();
    this.gemv = new Gemv<>(loops);
    this.small = new GemmSmall<>(loops);
    this.packing = new GemmPacking<>(loops);
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
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
    long work = (long) m * n * Math.max(1, first.k());
    if (batch >= PRODUCTS * Threads.count() && small.suits(first)) {
      Threads.forRange(
          batch,
          (int) Math.max(1, GRAIN / work),
          (from, to) -> {
            for (int i = from; i < to; i++) {
              small.multiply(GemmProduct.of(a, b, tail, out, i));
            }
          });
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

  /** With a right operand that is packed; no batch. */
  void multiply(Tensor a, PackedMatrix b, MatmulTail tail, Tensor out) {
    if (out.numel() > 0) {
      GemmProduct<A> product = GemmProduct.of(a, b, tail, out);
      GemmPlan plan = plan(product, 1);
      Threads.run(plan.parts(), part -> multiplyPart(product, plan, part));
    }
  }

  /** Columns of a panel in the layout of {@link PackedPanels}. */
  int panel() {
    return kernel.columns();
  }

  /** As many parts as threads, where the work is worth it and the batch has not enough products. */
  private GemmPlan plan(GemmProduct<A> product, int batch) {
    long work = (long) product.m() * product.n() * Math.max(1, product.k());
    long parts = Math.min((Threads.count() + batch - 1) / batch, Math.max(1, work / GRAIN));
    if (batch >= PRODUCTS * Threads.count()) {
      parts = 1;
    }
    return GemmPlan.of(product.m(), product.n(), (int) parts, kernel.strip(), kernel.columns());
  }

  private void multiplyPart(GemmProduct<A> product, GemmPlan plan, int part) {
    int row = part % plan.parts() / plan.columnParts() * plan.rows();
    int column = part % plan.columnParts() * plan.columns();
    int rows = Math.min(plan.rows(), product.m() - row);
    int columns = Math.min(plan.columns(), product.n() - column);
    A bias = workspace.get(SLOT_BIAS, roundUp(columns, kernel.columns()));
    packing.bias(product.tail().bias(), column, columns, bias);
    int most = stepsInBlock(product.k());
    int p = 0;
    do {
      int steps = Math.min(most, product.k() - p);
      multiplySteps(new Block<>(product, row, rows, column, columns, p, steps), bias);
      p += steps;
    } while (p < product.k());
  }

  /** One block of the inner dimension, for all rows and columns of a part. */
  private void multiplySteps(Block<A> part, A bias) {
    int strips = (Math.min(ROWS, part.rows) + kernel.strip() - 1) / kernel.strip();
    A a = workspace.get(SLOT_A, strips * kernel.apart());
    for (int i = 0; i < part.rows; i += ROWS) {
      int rows = Math.min(ROWS, part.rows - i);
      packing.rows(part.product, part.row + i, rows, part.p, part.steps, a);
      // Few rows stay in the L2 cache: then a panel of B is packed just before its use.
      int most = rows <= FEW_ROWS ? kernel.columns() : COLUMNS;
      int columns;
      for (int j = 0; j < part.columns; j += columns) {
        columns = group(part, j, most);
        Block<A> block = part.at(i, rows, j, columns);
        multiplyBlock(block, a, panels(block), bias, j);
      }
    }
  }

  /** How many of the columns from the j-th on come next. */
  private int group(Block<A> part, int j, int most) {
    int left = part.columns - j;
    int inPanels = part.product.b().inPanels() - part.column - j;
    if (inPanels > 0) {
      boolean packed = part.product.b().dtype() == dtype;
      return Math.min(packed ? COLUMNS : most, Math.min(left, inPanels));
    }
    boolean direct = liesWell(part) && left >= kernel.columns();
    return direct ? left / kernel.columns() * kernel.columns() : Math.min(most, left);
  }

  /** Whether B needs no packing: each element is used seldom, or all fit the inner caches. */
  private boolean liesWell(Block<A> part) {
    GemmProduct.Matrix b = part.product.b();
    if (!kernel.takesAnyStep() || !b.hasRows(dtype)) {
      return false;
    }
    long bytes = (long) part.steps * b.rowStride() * dtype.byteSize();
    return part.rows <= 2 * kernel.rows()
        || bytes <= (part.rows <= FEW_ROWS ? SMALL_B_OF_FEW_ROWS : SMALL_B);
  }

  /**
   * Panels of B as the tile reads them, in an array or in aligned memory.
   *
   * @param apart distance between panels
   * @param step distance between the steps of one
   */
  private record Panels<A>(
      A array, MemorySegment memory, AlignedPanels<A> aligned, int at, int apart, int step) {
    Panels(A array, int at, int apart, int step) {
      this(array, null, null, at, apart, step);
    }
  }

  private Panels<A> panels(Block<A> block) {
    GemmProduct.Matrix b = block.product.b();
    int width = kernel.columns();
    if (block.column < b.inPanels()) {
      return packedPanels(block, b.panelIndex(block.p, block.column, width));
    }
    if (liesWell(block) && block.columns % width == 0) {
      return new Panels<>(b.elements(), b.index(block.p, block.column), width, b.rowStride());
    }
    int length = roundUp(block.columns, width) * block.steps;
    AlignedPanels<A> aligned = block.rows > FEW_ROWS ? kernel.aligned() : null;
    if (aligned != null) {
      MemorySegment packed = alignedMemory.get((long) length * dtype.byteSize());
      packing.columns(b, block.column, block.columns, block.p, block.steps, aligned, packed);
      return new Panels<>(null, packed, aligned, 0, width * block.steps, width);
    }
    A packed = workspace.get(SLOT_B, length);
    packing.columns(b, block.column, block.columns, block.p, block.steps, packed);
    return new Panels<>(packed, 0, width * block.steps, width);
  }

  private Panels<A> packedPanels(Block<A> block, int at) {
    GemmProduct.Matrix b = block.product.b();
    int width = kernel.columns();
    int apart = width * b.columnStride();
    if (b.dtype() == dtype) {
      return new Panels<>(b.elements(), at, apart, width);
    }
    A wide = workspace.get(SLOT_B, block.columns * block.steps);
    int each = width * block.steps;
    for (int panel = 0; panel < block.columns / width; panel++) {
      kernel.widen(b.dtype(), (short[]) b.array(), at + panel * apart, 1, each, wide, panel * each);
    }
    return new Panels<>(wide, 0, each, width);
  }

  /** Steps in each block: about equally many, and a multiple of any vector's length. */
  private int stepsInBlock(int k) {
    int blocks = Math.max(1, (k + kernel.steps() - 1) / kernel.steps());
    return roundUp((k + blocks - 1) / blocks, 16);
  }

  /** Some rows and columns of a product, and some steps of its inner dimension. */
  private record Block<A>(
      GemmProduct<A> product, int row, int rows, int column, int columns, int p, int steps) {

    /** A part of this one. */
    Block<A> at(int i, int rows, int j, int columns) {
      return new Block<>(product, row + i, rows, column + j, columns, p, steps);
    }

    boolean isFirst() {
      return p == 0;
    }

    boolean isLast() {
      return p + steps == product.k();
    }
  }

  private void multiplyBlock(Block<A> block, A a, Panels<A> b, A bias, int biasAt) {
    int width = kernel.columns();
    // The tile's rows of A stay in the L1 cache while the panels of B, which do not, pass by.
    int rows;
    for (int i = 0; i < block.rows; i += rows) {
      rows = tileRows(block.rows - i);
      for (int j = 0; j < block.columns; j += width) {
        int columns = Math.min(width, block.columns - j);
        int to = block.product.index(block.row + i, block.column + j);
        if (rows % kernel.strip() == 0 && columns == width) {
          A c = block.product.c();
          multiplyTile(block, i, j, rows, a, b, bias, biasAt, c, to, block.product.n());
        } else {
          multiplyEdge(block, i, j, rows, columns, a, b, bias, biasAt, to);
        }
      }
    }
    if (block.isLast() && block.product.tail().activation() != null) {
      activate(block);
    }
  }

  /** Rows of the next tile: sixteen are two times eight, since a tile of four is slow. */
  private int tileRows(int left) {
    int most = kernel.rows();
    return left > most && left <= most + kernel.strip()
        ? Math.max(kernel.strip(), most - kernel.strip())
        : Math.min(most, left);
  }

  private void multiplyTile(
      Block<A> block,
      int i,
      int j,
      int rows,
      A a,
      Panels<A> b,
      A bias,
      int biasAt,
      A c,
      int cAt,
      int cStride) {
    int aAt = i / kernel.strip() * kernel.apart();
    int bAt = b.at + j / kernel.columns() * b.apart;
    A init = block.isFirst() ? bias : c;
    int at = block.isFirst() ? biasAt + j : cAt;
    int stride = block.isFirst() ? 0 : cStride;
    int k = block.steps;
    if (b.aligned != null) {
      b.aligned.tile(rows, k, a, aAt, b.memory, bAt, init, at, stride, c, cAt, cStride);
    } else {
      kernel.tile(rows, k, a, aAt, b.array, bAt, b.step, init, at, stride, c, cAt, cStride);
    }
  }

  /** A tile that sticks out of the matrix: computed in scratch memory, copied in part. */
  private void multiplyEdge(
      Block<A> block,
      int i,
      int j,
      int rows,
      int columns,
      A a,
      Panels<A> b,
      A bias,
      int biasAt,
      int cAt) {
    A c = block.product.c();
    int cStride = block.product.n();
    int width = kernel.columns();
    A tile = workspace.get(SLOT_TILE, kernel.rows() * width);
    if (!block.isFirst()) {
      copyRows(c, cAt, cStride, tile, 0, width, rows, columns);
    }
    multiplyTile(block, i, j, rows, a, b, bias, biasAt, tile, 0, width);
    copyRows(tile, 0, width, c, cAt, cStride, rows, columns);
  }

  private static <A> void copyRows(
      A from, int fromAt, int fromStride, A to, int toAt, int toStride, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, fromAt + r * fromStride, to, toAt + r * toStride, columns);
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
