package dev.weft.cuda;

import jcuda.driver.CUdeviceptr;

/** An address of the device, as JCuda passes it. */
final class DevicePointer extends CUdeviceptr {
  /** To be set by the driver. */
  DevicePointer() {}

  private DevicePointer(long address) {
    super(new CUdeviceptr(), address);
  }

  static DevicePointer to(long address) {
    return new DevicePointer(address);
  }

  /** The address. */
  long address() {
    return getNativePointer() + getByteOffset();
  }
}
