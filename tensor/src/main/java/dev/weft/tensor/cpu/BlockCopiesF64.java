package dev.weft.tensor.cpu;

import java.util.Arrays;

/** Copies of F64 blocks, which both twins share. */
abstract class BlockCopiesF64 implements BlockLoops<double[]> {

  @Override
  public void copy(
      double[] x,
      int at,
      int rowStride,
      int columnStride,
      int rows,
      int columns,
      double factor,
      double[] out,
      int outAt,
      int pitch) {
    if (columns > 0 && columnStride == 1) {
      copyRows(x, at, rowStride, rows, columns, factor, out, outAt, pitch);
    } else {
      int c = 0;
      for (; c <= columns - 8; c += 8) {
        int from = at + c * columnStride;
        eightColumns(x, from, rowStride, columnStride, rows, factor, out, outAt + c, pitch);
      }
      for (; c < columns; c++) {
        int from = at + c * columnStride;
        column(x, from, rowStride, rows, factor, out, outAt + c, pitch);
      }
    }
    for (int r = 0; r < rows && columns < pitch; r++) {
      Arrays.fill(out, outAt + r * pitch + columns, outAt + (r + 1) * pitch, 0);
    }
  }

  private static void copyRows(
      double[] x,
      int at,
      int rowStride,
      int rows,
      int columns,
      double factor,
      double[] out,
      int outAt,
      int pitch) {
    for (int r = 0; r < rows; r++) {
      int from = at + r * rowStride;
      int to = outAt + r * pitch;
      if (factor == 1) {
        System.arraycopy(x, from, out, to, columns);
        continue;
      }
      for (int c = 0; c < columns; c++) {
        out[to + c] = factor * x[from + c];
      }
    }
  }

  /** Neighbours are written together. */
  private static void eightColumns(
      double[] x,
      int at,
      int rowStride,
      int columnStride,
      int rows,
      double factor,
      double[] out,
      int outAt,
      int pitch) {
    int x1 = at + columnStride;
    int x2 = x1 + columnStride;
    int x3 = x2 + columnStride;
    int x4 = x3 + columnStride;
    int x5 = x4 + columnStride;
    int x6 = x5 + columnStride;
    int x7 = x6 + columnStride;
    for (int r = 0; r < rows; r++) {
      int step = r * rowStride;
      int to = outAt + r * pitch;
      out[to] = factor * x[at + step];
      out[to + 1] = factor * x[x1 + step];
      out[to + 2] = factor * x[x2 + step];
      out[to + 3] = factor * x[x3 + step];
      out[to + 4] = factor * x[x4 + step];
      out[to + 5] = factor * x[x5 + step];
      out[to + 6] = factor * x[x6 + step];
      out[to + 7] = factor * x[x7 + step];
    }
  }

  private static void column(
      double[] x,
      int at,
      int rowStride,
      int rows,
      double factor,
      double[] out,
      int outAt,
      int pitch) {
    for (int r = 0; r < rows; r++) {
      out[outAt + r * pitch] = factor * x[at + r * rowStride];
    }
  }
}
