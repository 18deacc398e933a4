package dev.weft.tensor.cpu;

import dev.weft.tensor.RowSource;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * The layout of a packed right operand b [k, n]. It is made from W = bᵀ, row-major, where it lies:
 * {@code width} rows of W, which are as many columns of b, take as much room as the panel that
 * {@link GemmKernel} wants of them, so each group of rows is transposed in its own place. Rows that
 * fill no panel stay as they were.
 */
final class PackedPanels {
  /** Elements from which on transposing is worth a thread. */
  private static final int GRAIN = 1 << 18;

  private PackedPanels() {}

  /** Rows of W [n, k] to panels. */
  static void pack(Object elements, int n, int k, int width) {
    transposeEach(elements, n / width, width, k);
  }

  /**
   * The panels of a W that lies in a source, which is told to forget what has been read: so W is
   * hardly ever there twice.
   */
  static Tensor read(RowSource source, int width) {
    int n = source.rows();
    int k = source.columns();
    HeapStorage panels = HostBackend.pool().collected(source.dtype(), n * k);
    int rows = width * Math.max(1, GRAIN / Math.max(1, width * k));
    Threads.forRange(
        n,
        rows,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            source.read(row, 0, k, panels.array(), row * k);
          }
          transpose(panels.array(), from / width, to / width, width, k);
          source.forget(from, to - from);
        });
    return Tensor.over(panels, Shape.of(n, k), 0);
  }

  /** Panels to rows of W. */
  static void unpack(Object elements, int n, int k, int width) {
    transposeEach(elements, n / width, k, width);
  }

  /** Each of {@code count} matrices [rows, columns], one after the other, to [columns, rows]. */
  private static void transposeEach(Object elements, int count, int rows, int columns) {
    int size = rows * columns;
    Threads.forRange(
        count,
        Math.max(1, GRAIN / Math.max(1, size)),
        (from, to) -> transpose(elements, from, to, rows, columns));
  }

  /** Those from {@code from} to {@code to}. */
  private static void transpose(Object elements, int from, int to, int rows, int columns) {
    int size = rows * columns;
    // No switch by type: making one costs a starting process milliseconds.
    if (elements instanceof float[] array) {
      transpose(array, from, to, rows, columns, new float[size]);
    } else if (elements instanceof short[] array) {
      transpose(array, from, to, rows, columns, new short[size]);
    } else {
      transpose((double[]) elements, from, to, rows, columns, new double[size]);
    }
  }

  private static void transpose(
      float[] array, int from, int to, int rows, int columns, float[] before) {
    for (int at = from * before.length; at < to * before.length; at += before.length) {
      System.arraycopy(array, at, before, 0, before.length);
      for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
          array[at + column * rows + row] = before[row * columns + column];
        }
      }
    }
  }

  private static void transpose(
      double[] array, int from, int to, int rows, int columns, double[] before) {
    for (int at = from * before.length; at < to * before.length; at += before.length) {
      System.arraycopy(array, at, before, 0, before.length);
      for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
          array[at + column * rows + row] = before[row * columns + column];
        }
      }
    }
  }

  private static void transpose(
      short[] array, int from, int to, int rows, int columns, short[] before) {
    for (int at = from * before.length; at < to * before.length; at += before.length) {
      System.arraycopy(array, at, before, 0, before.length);
      for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
          array[at + column * rows + row] = before[row * columns + column];
        }
      }
    }
  }
}
