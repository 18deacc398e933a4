package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/** A tensor's elements row-major: the tensor itself where it is so, else a copy until closed. */
record Dense(Tensor tensor, boolean copied) implements AutoCloseable {

  static Dense of(Tensor tensor) {
    if (tensor.isContiguous()) {
      return new Dense(tensor, false);
    }
    Dense temporary = temporary(tensor.dtype(), tensor.shape());
    Copy.copy(tensor, temporary.tensor);
    return temporary;
  }

  /** Uninitialised elements, until closed. */
  static Dense temporary(DType dtype, Shape shape) {
    HeapStorage storage = HostBackend.pool().take(dtype, shape.numel());
    return new Dense(Tensor.over(storage, shape, 0), true);
  }

  /** The array the elements lie in. */
  @SuppressWarnings("unchecked") // The caller names the array type of the tensor's dtype.
  static <A> A array(Tensor tensor) {
    return (A) ((HeapStorage) tensor.storage()).array();
  }

  <A> A array() {
    return array(tensor);
  }

  int at() {
    return tensor.offset();
  }

  @Override
  public void close() {
    if (copied) {
      tensor.storage().release();
    }
  }
}
