package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Device;

/** Hands out a device's memory as storages. */
final class CudaMemory {
  private final Gpu gpu;
  private final Device device;

  CudaMemory(Gpu gpu, Device device) {
    this.gpu = gpu;
    this.device = device;
  }

  /** Uninitialised elements, until {@link CudaStorage#release}. */
  CudaStorage take(DType dtype, int length) {
    long address = gpu.allocate((long) length * dtype.byteSize());
    return new CudaStorage(dtype, length, device, address, () -> gpu.free(address));
  }
}
