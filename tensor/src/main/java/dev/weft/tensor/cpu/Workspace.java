package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import java.lang.reflect.Array;

/**
 * Arrays that each thread uses again and again, so that kernels leave no garbage. A slot belongs to
 * one use within one kernel family.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Workspace<A> {
  private final DType dtype;
  private final ThreadLocal<Object[]> arrays;

  Workspace(DType dtype, int slots) {
    this.dtype = dtype;
    this.arrays = ThreadLocal.withInitial(() -> new Object[slots]);
  }

  /** This thread's array of a slot, of {@code length} elements or more, with any content. */
  @SuppressWarnings("unchecked") // Made by newArray for the dtype that A stands for.
  A get(int slot, int length) {
    Object[] own = arrays.get();
    if (own[slot] == null || Array.getLength(own[slot]) < length) {
      own[slot] = HeapStorage.newArray(dtype, length);
    }
    return (A) own[slot];
  }
}
