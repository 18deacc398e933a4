package dev.weft.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;

/**
 * What a machine has of CUDA: the driver, the devices, and cuBLAS. Whatever is missing is told in
 * words; nothing here throws on a machine without any of it.
 *
 * @param driver the driver (libcuda), its version as the CUDA version that it serves
 * @param devices the devices in the driver's order; empty without a driver
 * @param cublas the matrix library of the CUDA toolkit
 */
public record CudaProbe(CudaLibrary driver, List<CudaDevice> devices, CudaLibrary cublas) {

  /** The library property numbers of {@code library_types.h}. */
  private static final int MAJOR_VERSION = 0;

  private static final int MINOR_VERSION = 1;
  private static final int PATCH_LEVEL = 2;

  /** Defensive copy. */
  public CudaProbe {
    devices = List.copyOf(devices);
  }

  /** Looks once and remembers: what a process has found does not change while it runs. */
  public static CudaProbe run() {
    return Found.PROBE;
  }

  /** Why kernels cannot run on a device here; empty where one could. */
  public String reason() {
    if (!driver.found()) {
      return driver.reason();
    }
    return devices.isEmpty() ? "the NVIDIA driver lists no device" : "";
  }

  private static final class Found {
    static final CudaProbe PROBE = look();
  }

  private static CudaProbe look() {
    CudaLibrary driver = guarded("the NVIDIA driver", CudaProbe::startDriver);
    List<CudaDevice> devices = new ArrayList<>();
    if (driver.found()) {
      driver = guarded("the NVIDIA driver", () -> listDevices(devices));
    }
    return new CudaProbe(driver, devices, withHint(guarded("cuBLAS", CudaProbe::findCublas)));
  }

  /** Where the one version of cuBLAS comes from that JCuda can use. */
  private static CudaLibrary withHint(CudaLibrary cublas) {
    return cublas.reason().endsWith(" was not found")
        ? CudaLibrary.missing(
            cublas.reason()
                + "; it comes with the CUDA toolkit 12 or the Python package nvidia-cublas-cu12,"
                + " whose folder LD_LIBRARY_PATH must name")
        : cublas;
  }

  private interface Question {
    CudaLibrary ask();
  }

  /** Native code reports what it lacks with linkage errors, the first time and every time after. */
  private static CudaLibrary guarded(String library, Question question) {
    try {
      return question.ask();
    } catch (LinkageError | RuntimeException e) {
      return CudaLibrary.missing(LinkageReason.of(library, e));
    }
  }

  private static CudaLibrary startDriver() {
    int status = JCudaDriver.cuInit(0);
    return status == CUresult.CUDA_SUCCESS
        ? CudaLibrary.found(driverVersion())
        : CudaLibrary.missing("the NVIDIA driver does not start: " + CUresult.stringFor(status));
  }

  /** The driver reports 1000 · major + 10 · minor. */
  private static String driverVersion() {
    int[] version = new int[1];
    check("cuDriverGetVersion", JCudaDriver.cuDriverGetVersion(version));
    return version[0] / 1000 + "." + version[0] % 1000 / 10;
  }

  private static CudaLibrary listDevices(List<CudaDevice> devices) {
    int[] count = new int[1];
    check("cuDeviceGetCount", JCudaDriver.cuDeviceGetCount(count));
    for (int i = 0; i < count[0]; i++) {
      devices.add(device(i));
    }
    return CudaLibrary.found(driverVersion());
  }

  private static CudaDevice device(int index) {
    CUdevice device = new CUdevice();
    check("cuDeviceGet", JCudaDriver.cuDeviceGet(device, index));
    byte[] name = new byte[256];
    check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(name, name.length, device));
    long[] memory = new long[1];
    check("cuDeviceTotalMem", JCudaDriver.cuDeviceTotalMem(memory, device));
    String capability =
        attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + "."
            + attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    int multiprocessors = attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    return new CudaDevice(index, cString(name), memory[0], capability, multiprocessors);
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    check("cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(value, attribute, device));
    return value[0];
  }

  private static String cString(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static CudaLibrary findCublas() {
    return CudaLibrary.found(
        property(MAJOR_VERSION) + "." + property(MINOR_VERSION) + "." + property(PATCH_LEVEL));
  }

  private static int property(int type) {
    int[] value = new int[1];
    check("cublasGetProperty", JCublas2.cublasGetProperty(type, value));
    return value[0];
  }

  private static void check(String call, int status) {
    if (status != 0) {
      throw new IllegalStateException(call + ": status " + status);
    }
  }
}
