package dev.weft.tensor;

/** A run of elements of one type on one device; tensors are views over it. */
public interface Storage {

  /** Element type. */
  DType dtype();

  /** Number of elements that may be addressed; recycled storages may be longer than was asked. */
  int length();

  /** Where the elements live. */
  Device device();

  /**
   * Gives the memory back to its pool; called once, by the {@link Scope} that owns the storage. Any
   * later access fails with a {@link TensorException}.
   */
  void release();
}
