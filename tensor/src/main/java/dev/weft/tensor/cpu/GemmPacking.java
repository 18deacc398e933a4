package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.GemmSlice.Matrix;
import dev.weft.tensor.cpu.GemmSlice.Product;

/**
 * Lays out parts of a matrix product's operands as {@link GemmKernel} reads them fastest.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class GemmPacking<A> {
  private final GemmKernel<A> kernel;
  private final ElementLoops<A> elements;

  GemmPacking(Loops<A> loops) {
    this.kernel = loops.gemm();
    this.elements = loops.elements();
  }

  /** The sums' first values: the bias, or zero. */
  void bias(Tensor bias, int column, int columns, A packed) {
    int width = kernel.columns();
    int padded = (columns + width - 1) / width * width;
    if (bias == null) {
      elements.fill(0, packed, 0, padded);
      return;
    }
    int at = bias.offset() + column * bias.stride(0);
    kernel.pack(Dense.array(bias), at, bias.stride(0), columns, 0, 1, 1, packed, 0, padded);
  }

  /** The panels of B's columns from {@code firstPacked} on, by all threads. */
  void columns(Matrix<A> b, int column, int columns, int p, int steps, int firstPacked, A packed) {
    int width = kernel.columns();
    int panels = (columns + width - 1) / width - firstPacked;
    Threads.forRange(
        panels,
        Math.max(1, Walk.GRAIN / Math.max(1, width * steps)),
        (from, to) -> {
          for (int panel = from; panel < to; panel++) {
            int first = (firstPacked + panel) * width;
            int lanes = Math.min(width, columns - first);
            int at = b.index(p, column + first);
            kernel.pack(
                b.array(),
                at,
                b.columnStride(),
                lanes,
                b.rowStride(),
                steps,
                1,
                packed,
                panel * width * steps,
                width);
          }
        });
  }

  /** Rows of A, which take the product's scale along. */
  void rows(Product<A> product, int row, int rows, int p, int steps, A packed) {
    Matrix<A> a = product.a();
    int height = kernel.rows();
    for (int r = 0; r < rows; r += height) {
      kernel.pack(
          a.array(),
          a.index(row + r, p),
          a.rowStride(),
          Math.min(height, rows - r),
          a.columnStride(),
          steps,
          product.tail().scale(),
          packed,
          r * steps,
          height);
    }
  }
}
