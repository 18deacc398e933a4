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
  private final Device device;
  private final Runnable onRelease;
  private volatile long address;

  CudaStorage(DType dtype, int length, Device device, long address, Runnable onRelease) {
    this.dtype = dtype;
    this.length = length;
    this.device = device;
    this.address = address;
    this.onRelease = onRelease;
  }

  /** The address of a tensor's element at index 0 in every axis. */
  static long address(Tensor tensor) {
    CudaStorage storage = (CudaStorage) tensor.storage();
    long start = storage.address;
    if (start == 0) {
      throw new TensorException("the tensor's memory was given back: its Scope is closed");
    }
    return start + (long) tensor.offset() * storage.dtype.byteSize();
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
    return device;
  }

  @Override
  public void release() {
    address = 0;
    onRelease.run();
  }
}
