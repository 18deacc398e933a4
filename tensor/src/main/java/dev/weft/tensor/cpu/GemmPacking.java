package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.GemmProduct.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * Lays out parts of a matrix product's operands as {@link GemmKernel} reads them. Packing reads
 * through any strides, so a transposed operand costs no copy; F16 and BF16 become the type that is
 * computed in here, a panel at a time, so a weight of half precision is never held in full twice.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class GemmPacking<A> {
  private static final int SLOT_WIDE = 0;
  private static final int SLOT_READ = 1;
  private static final int SLOT_PART = 2;
  private static final int SLOTS = 3;

  /** Steps of a panel that lie in the L1 cache until they are put where they belong. */
  private static final int STEPS = 128;

  private final DType dtype;
  private final GemmKernel<A> kernel;
  private final ElementLoops<A> elements;
  private final Workspace<A> workspace;
  private final Workspace<short[]> halves = new Workspace<>(DType.BF16, 1);

  GemmPacking(Loops<A> loops) {
    this.dtype = loops.dtype();
    this.kernel = loops.gemm();
    this.elements = loops.elements();
    this.workspace = new Workspace<>(loops.dtype(), SLOTS);
  }

  /**
   * Rows [row, row + rows) and steps [p, p + steps) of a, in panels of a strip's height; they take
   * the product's scale along.
   */
  void rows(GemmProduct<A> product, int row, int rows, int p, int steps, A packed) {
    Matrix a = product.a();
    int height = kernel.strip();
    pack(
        a,
        a.index(row, p),
        a.rowStride(),
        rows,
        a.columnStride(),
        steps,
        packed,
        0,
        height,
        kernel.apart());
    double scale = product.tail().scale();
    if (scale != 1) {
      for (int strip = 0; strip * height < rows; strip++) {
        int at = strip * kernel.apart();
        elements.scale(packed, at, scale, packed, at, height * steps);
      }
    }
  }

  /** Columns [column, column + columns) and steps [p, p + steps) of b, in the tile's width. */
  void columns(Matrix b, int column, int columns, int p, int steps, A packed) {
    if (b.source() != null) {
      readColumns(b, column, columns, p, steps, packed);
      return;
    }
    int at = b.index(p, column);
    pack(
        b,
        at,
        b.columnStride(),
        columns,
        b.rowStride(),
        steps,
        packed,
        0,
        kernel.columns(),
        kernel.columns() * steps);
  }

  /** The same of a matrix whose columns are rows of a source: read panel by panel, then packed. */
  private void readColumns(Matrix b, int column, int columns, int p, int steps, A packed) {
    int width = kernel.columns();
    Object read = b.dtype() == dtype ? workspace.get(SLOT_READ, width * steps) : null;
    short[] half = read == null ? halves.get(0, width * steps) : null;
    Object array = read == null ? half : read;
    for (int j = 0; j < columns; j += width) {
      int here = Math.min(width, columns - j);
      for (int i = 0; i < here; i++) {
        b.source().read(column + j + i, p, steps, array, i * steps);
      }
      Matrix panel = new Matrix(b.dtype(), array, 0, 1, steps, 0, null);
      pack(panel, 0, steps, here, 1, steps, packed, j * steps, width, width * steps);
    }
  }

  /** The same in memory that is aligned, panel after panel. */
  void columns(
      Matrix b,
      int column,
      int columns,
      int p,
      int steps,
      AlignedPanels<A> aligned,
      MemorySegment packed) {
    int width = kernel.columns();
    int copied = 0;
    if (b.hasRows(dtype)) {
      int panels = columns / width;
      int at = b.index(p, column);
      aligned.copyRows(b.elements(), at, b.rowStride(), steps, panels, packed);
      copied = panels * width;
    }
    for (int j = copied; j < columns; j += width) {
      A part = workspace.get(SLOT_PART, width * STEPS);
      for (int q = 0; q < steps; q += STEPS) {
        int here = Math.min(STEPS, steps - q);
        columns(b, column + j, Math.min(width, columns - j), p + q, here, part);
        aligned.put(part, here, packed, j * steps + q * width);
      }
    }
  }

  /** What the sums start from: the bias, or zeros, and zeros to the end of the last panel. */
  void bias(Tensor bias, int column, int columns, A packed) {
    int width = kernel.columns();
    if (bias == null) {
      elements.fill(0, packed, 0, (columns + width - 1) / width * width);
    } else {
      int stride = bias.stride(0);
      int at = bias.offset() + column * stride;
      kernel.pack(Dense.array(bias), at, stride, columns, 0, 1, packed, 0, width, width);
    }
  }

  private void pack(
      Matrix matrix,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      A out,
      int outAt,
      int width,
      int apart) {
    if (matrix.dtype() == dtype) {
      kernel.pack(
          matrix.elements(), at, laneStride, lanes, stepStride, steps, out, outAt, width, apart);
      return;
    }
    for (int lane = 0; lane < lanes; lane += width) {
      int here = Math.min(width, lanes - lane);
      int from = at + lane * laneStride;
      int to = outAt + lane / width * apart;
      packHalf(matrix, from, laneStride, here, stepStride, steps, out, to, width);
    }
  }

  /** Converts one panel along whichever of its directions is contiguous, then packs it. */
  private void packHalf(
      Matrix matrix,
      int at,
      int laneStride,
      int lanes,
      int stepStride,
      int steps,
      A out,
      int outAt,
      int width) {
    A wide = workspace.get(SLOT_WIDE, width * steps);
    short[] half = (short[]) matrix.array();
    DType type = matrix.dtype();
    if (laneStride == 1) {
      for (int p = 0; p < steps; p++) {
        kernel.widen(type, half, at + p * stepStride, 1, lanes, wide, p * lanes);
      }
      kernel.pack(wide, 0, 1, lanes, lanes, steps, out, outAt, width, width * steps);
    } else {
      for (int i = 0; i < lanes; i++) {
        kernel.widen(type, half, at + i * laneStride, stepStride, steps, wide, i * steps);
      }
      kernel.pack(wide, 0, steps, lanes, 1, steps, out, outAt, width, width * steps);
    }
  }
}
