package dev.weft.tensor.cpu;

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
        (from, to) -> {
          switch (elements) {
            case float[] array -> transpose(array, from, to, rows, columns, new float[size]);
            case double[] array -> transpose(array, from, to, rows, columns, new double[size]);
            case short[] array -> transpose(array, from, to, rows, columns, new short[size]);
            default -> throw new IllegalArgumentException(elements.getClass().getName());
          }
        });
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
