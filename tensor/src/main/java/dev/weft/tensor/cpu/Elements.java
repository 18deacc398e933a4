package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;

/**
 * The elements of a view in row-major order, as doubles: how the reference backend sees tensors.
 */
final class Elements {
  private final HeapStorage storage;
  private final int[] positions;

  private Elements(HeapStorage storage, int[] positions) {
    this.storage = storage;
    this.positions = positions;
  }

  static Elements of(Tensor tensor) {
    return new Elements((HeapStorage) tensor.storage(), positions(tensor));
  }

  /** Storage index of every element: adds one axis after the other, outermost first. */
  private static int[] positions(Tensor tensor) {
    int[] positions = {tensor.offset()};
    for (int axis = 0; axis < tensor.rank(); axis++) {
      int extent = tensor.dim(axis);
      int stride = tensor.stride(axis);
      int[] next = new int[positions.length * extent];
      for (int i = 0; i < next.length; i++) {
        next[i] = positions[i / extent] + i % extent * stride;
      }
      positions = next;
    }
    return positions;
  }

  int size() {
    return positions.length;
  }

  double get(int index) {
    return storage.get(positions[index]);
  }

  long getLong(int index) {
    return storage.getLong(positions[index]);
  }

  void set(int index, double value) {
    storage.set(positions[index], value);
  }

  void setLong(int index, long value) {
    storage.setLong(positions[index], value);
  }
}
