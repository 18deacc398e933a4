package dev.weft.nn.checkpoint;

import dev.weft.tensor.Shape;
import java.lang.foreign.MemorySegment;

/**
 * A tensor where it lies in a file: a strided view of a run of elements.
 *
 * @param storage elements of the info's type
 * @param offset index of the first element
 * @param strides in elements, one for each axis, from 0 on; whoever makes this has checked that
 *     they stay inside the storage
 */
record StoredTensor(TensorInfo info, MemorySegment storage, long offset, long[] strides) {

  /** A run of elements at one stride. */
  @FunctionalInterface
  interface Run {
    /**
     * Takes a run.
     *
     * @param index of its first element in the storage
     * @param at its first element in row-major order
     */
    void accept(long index, long stride, int at, int n);
  }

  /** A row-major tensor that fills its storage. */
  static StoredTensor dense(TensorInfo info, MemorySegment storage) {
    return new StoredTensor(info, storage, 0, rowMajor(info.shape()));
  }

  private static long[] rowMajor(Shape shape) {
    int[] strides = shape.contiguousStrides();
    long[] wide = new long[strides.length];
    for (int axis = 0; axis < wide.length; axis++) {
      wide[axis] = strides[axis];
    }
    return wide;
  }

  /** Whether all elements lie in row-major order, one after the other. */
  boolean isDense() {
    int[] dense = info.shape().contiguousStrides();
    for (int axis = 0; axis < dense.length; axis++) {
      if (info.shape().dim(axis) > 1 && strides[axis] != dense[axis]) {
        return false;
      }
    }
    return true;
  }

  /** All elements in row-major order, in as few runs as the strides allow. */
  void forEachRun(Run run) {
    int numel = info.shape().numel();
    if (numel == 0) {
      return;
    }
    int[] dims = info.shape().dims();
    int axis = dims.length - 1;
    while (axis >= 0 && dims[axis] == 1) {
      axis--;
    }
    long stride = axis < 0 ? 1 : strides[axis];
    int length = axis < 0 ? 1 : dims[axis--];
    while (axis >= 0 && (dims[axis] == 1 || strides[axis] == stride * length)) {
      length *= dims[axis--];
    }
    int[] position = new int[axis + 1];
    long index = offset;
    for (int at = 0; at < numel; at += length) {
      run.accept(index, stride, at, length);
      index += step(position, dims);
    }
  }

  /** Moves on to the next run; how far that is. */
  private long step(int[] position, int[] dims) {
    long distance = 0;
    for (int axis = position.length - 1; axis >= 0; axis--) {
      if (++position[axis] < dims[axis]) {
        return distance + strides[axis];
      }
      distance -= (dims[axis] - 1) * strides[axis];
      position[axis] = 0;
    }
    return distance;
  }
}
