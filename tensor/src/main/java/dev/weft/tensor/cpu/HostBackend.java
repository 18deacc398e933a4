package dev.weft.tensor.cpu;

import dev.weft.tensor.Backend;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.MemoryUse;
import dev.weft.tensor.Storage;
import dev.weft.tensor.Tensor;

/** What all backends of the processor share: memory in Java arrays. */
public abstract class HostBackend implements Backend {
  private static final HeapPool POOL = new HeapPool();

  /** The pool behind every scope's memory on the processor. */
  public static HeapPool pool() {
    return POOL;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public Storage allocate(DType dtype, int length, boolean recycled) {
    return recycled ? POOL.take(dtype, length) : POOL.collected(dtype, length);
  }

  @Override
  public MemoryUse memory() {
    return POOL.use();
  }

  @Override
  public HeapStorage download(Tensor tensor) {
    HeapStorage source = (HeapStorage) tensor.storage();
    HeapStorage result = HeapStorage.collected(tensor.dtype(), tensor.numel());
    System.arraycopy(source.array(), tensor.offset(), result.array(), 0, tensor.numel());
    return result;
  }

  @Override
  public void upload(HeapStorage source, Tensor out) {
    HeapStorage target = (HeapStorage) out.storage();
    System.arraycopy(source.array(), 0, target.array(), out.offset(), out.numel());
  }
}
