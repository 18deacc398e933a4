package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;

/**
 * One operand of an element-wise {@link Walk}: its own array where a run's elements are neighbours
 * of the wanted type, else a copy of the run in this thread's workspace. So the loops themselves
 * know one stride and one type only.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Operand<A> {
  /** Longest run while copies are needed: they then stay in the L1 cache. */
  static final int RUN = 1024;

  private final HeapStorage storage;
  private final DType dtype;
  private final int stride;
  private final Workspace<A> workspace;
  private final int slot;

  Operand(Tensor tensor, int stride, DType dtype, Workspace<A> workspace, int slot) {
    this.storage = (HeapStorage) tensor.storage();
    this.dtype = dtype;
    this.stride = stride;
    this.workspace = workspace;
    this.slot = slot;
  }

  /** Whether runs are used where they lie. */
  boolean isDirect() {
    return stride == 1 && storage.dtype() == dtype;
  }

  /** The array with the run that starts at storage index {@code at}. */
  @SuppressWarnings("unchecked") // isDirect: the storage has the type that A stands for.
  A array(int at, int n) {
    if (isDirect()) {
      return (A) storage.array();
    }
    A copy = workspace.get(slot, RUN);
    if (storage.dtype() == dtype) {
      Runs.same(dtype, storage.array(), at, stride, copy, 0, 1, n);
    } else {
      Runs.copy(storage, at, stride, HeapStorage.of(dtype, copy), 0, 1, n);
    }
    return copy;
  }

  /** Where in {@link #array} the run starts. */
  int start(int at) {
    return isDirect() ? at : 0;
  }
}
