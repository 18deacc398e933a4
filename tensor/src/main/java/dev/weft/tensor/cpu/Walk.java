package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;

/**
 * The way through tensors of one shape in row-major order, whatever their strides. Neighbouring
 * axes that every tensor steps through evenly become one; what remains is visited as runs along the
 * last axis, in which each tensor has one stride.
 */
final class Walk {
  /** Elements of one task: enough to be worth a thread's attention. */
  static final int GRAIN = 1 << 14;

  /** Extents of the axes before the last, outermost first. */
  private final int[] outer;

  /** Extent of the last axis. */
  private final int length;

  private final int rows;

  /** By tensor, then by axis; the last axis included. */
  private final int[][] strides;

  private final int[] starts;

  private Walk(int[] dims, int[][] strides, int[] starts) {
    this.outer = java.util.Arrays.copyOf(dims, dims.length - 1);
    this.length = dims[dims.length - 1];
    this.rows = java.util.Arrays.stream(outer).reduce(1, (a, b) -> a * b);
    this.strides = strides;
    this.starts = starts;
  }

  /** Visits runs; {@code at[t]} is the storage index of tensor t's first element in the run. */
  @FunctionalInterface
  interface Body {
    void run(int[] at, int length);
  }

  static Walk of(Tensor... tensors) {
    int rank = tensors[0].rank();
    int[] dims = new int[rank + 1];
    int[][] strides = new int[tensors.length][rank + 1];
    int[] starts = new int[tensors.length];
    for (int t = 0; t < tensors.length; t++) {
      starts[t] = tensors[t].offset();
    }
    // Filled from the end, so that an axis can join the one inside it.
    int first = rank + 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      int extent = tensors[0].dim(axis);
      if (extent == 1) {
        continue;
      }
      if (first <= rank && joins(tensors, axis, strides, first, dims[first])) {
        dims[first] *= extent;
        continue;
      }
      first--;
      dims[first] = extent;
      for (int t = 0; t < tensors.length; t++) {
        strides[t][first] = tensors[t].stride(axis);
      }
    }
    if (first > rank) {
      return new Walk(new int[] {1}, unit(tensors.length), starts);
    }
    for (int t = 0; t < tensors.length; t++) {
      strides[t] = java.util.Arrays.copyOfRange(strides[t], first, rank + 1);
    }
    return new Walk(java.util.Arrays.copyOfRange(dims, first, rank + 1), strides, starts);
  }

  private static boolean joins(
      Tensor[] tensors, int axis, int[][] strides, int inner, int innerExtent) {
    for (int t = 0; t < tensors.length; t++) {
      if (tensors[t].stride(axis) != strides[t][inner] * innerExtent) {
        return false;
      }
    }
    return true;
  }

  private static int[][] unit(int tensors) {
    int[][] strides = new int[tensors][];
    java.util.Arrays.fill(strides, new int[] {1});
    return strides;
  }

  /** Tensor t's stride inside a run. */
  int stride(int t) {
    return strides[t][outer.length];
  }

  /** Whether every tensor's elements lie side by side inside a run. */
  boolean isDense() {
    for (int t = 0; t < strides.length; t++) {
      if (stride(t) != 1) {
        return false;
      }
    }
    return true;
  }

  /** Visits everything, in parallel, in runs of at most {@code limit} elements. */
  void forEach(int limit, Body body) {
    int pieces = (length + limit - 1) / limit;
    int piecesPerTask = Math.max(1, GRAIN / Math.max(1, Math.min(length, limit)));
    Threads.forRange(rows * pieces, piecesPerTask, (from, to) -> visit(from, to, limit, body));
  }

  private void visit(int from, int to, int limit, Body body) {
    int pieces = (length + limit - 1) / limit;
    int[] at = new int[starts.length];
    for (int piece = from; piece < to; piece++) {
      int column = piece % pieces * limit;
      locate(piece / pieces, column, at);
      body.run(at, Math.min(limit, length - column));
    }
  }

  private void locate(int row, int column, int[] at) {
    for (int t = 0; t < at.length; t++) {
      at[t] = starts[t] + column * stride(t);
    }
    int rest = row;
    for (int axis = outer.length - 1; axis >= 0; axis--) {
      int index = rest % outer[axis];
      rest /= outer[axis];
      for (int t = 0; t < at.length; t++) {
        at[t] += index * strides[t][axis];
      }
    }
  }
}
