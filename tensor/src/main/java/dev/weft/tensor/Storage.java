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

  /**
   * Tells the pool that this memory will not come back: no scope owns it any longer, the garbage
   * collector does, and {@link #release} will not be called.
   */
  default void detach() {}
}
