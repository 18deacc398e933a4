package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Storage;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/** Elements in a device's memory. */
final class CudaStorage implements Storage {
  private final DType dtype;
  private final int length;
  private final CudaMemory memory;
  private final CudaMemory.Block block;
  private boolean pooled;

  /** What is known of integers; null where nothing is. */
  volatile IndexRange range;

  private volatile long address;

  CudaStorage(DType dtype, int length, CudaMemory memory, CudaMemory.Block block, boolean pooled) {
    this.dtype = dtype;
    this.length = length;
    this.memory = memory;
    this.block = block;
    this.pooled = pooled;
    this.address = block.address();
  }

  /** The address of a tensor's element at index 0 in every axis. */
  static long address(Tensor tensor) {
    if (!(tensor.storage() instanceof CudaStorage storage)) {
      throw new TensorException("tensor: " + tensor + " is not on a CUDA device; copy it there");
    }
    return storage.start() + (long) tensor.offset() * storage.dtype.byteSize();
  }

  private long start() {
    long start = address;
    if (start == 0) {
      throw new TensorException(
          "tensor: used after its Scope was closed; pass it through Scope.keep to let it live on");
    }
    return start;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public Device device() {
    return memory.device();
  }

  @Override
  public void release() {
    start();
    address = 0;
    if (pooled) {
      memory.giveBack(block);
    }
  }

  @Override
  public void detach() {
    start();
    if (pooled) {
      pooled = false;
      memory.handOver(this, block);
    }
  }
}
