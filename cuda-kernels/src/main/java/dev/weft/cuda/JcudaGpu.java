package dev.weft.cuda;

import static dev.weft.cuda.CudaStatus.check;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * A card, through the driver: its primary context, one stream, and memory as the driver gives it
 * ({@link CudaMemory} asks seldom). Threads may share it.
 */
final class JcudaGpu implements Gpu {
  /** System property: {@code true} waits after every kernel, so that a fault names its own. */
  static final String WAIT_PROPERTY = "weft.cuda.wait";

  /** What cannot be done while work is noted. */
  static final String NOT_IN_A_GRAPH =
      "a graph cannot hold %s: put what the work needs on the device before it is noted, and read"
          + " results after a replay";

  /** The oldest capability that we have PTX for. */
  private static final int LEAST_CAPABILITY = 75;

  /** Dynamic shared memory that a kernel has without being asked. */
  private static final int COMMON_SHARED_BYTES = 48 << 10;

  private final CudaDevice info;
  private final int capability;
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final ThreadLocal<Boolean> isCurrent = ThreadLocal.withInitial(() -> false);
  private final boolean waits = Boolean.getBoolean(WAIT_PROPERTY);
  private final JcudaModules modules;
  private final PinnedBuffer staging;
  private final DeviceTimer timer;
  private JcublasGemm cublas;
  private JcudaGraph noting;
  private Thread notingThread;
  private String lastKernel = "none";

  private JcudaGpu(CudaDevice info, String driver) {
    this.info = info;
    this.capability = capability(info);
    check("cuDeviceGet", JCudaDriver.cuDeviceGet(device, info.index()));
    check("cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
    enter();
    check(
        "cuStreamCreate",
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    this.modules = new JcudaModules(info, driver);
    this.staging = new PinnedBuffer(stream);
    this.timer = new DeviceTimer(stream);
  }

  /**
   * Opens a device.
   *
   * @param index the driver's ordinal
   * @throws CudaException with the reason: no driver, no such device, one that is too old
   */
  static JcudaGpu open(int index) {
    CudaProbe probe = CudaProbe.run();
    if (!probe.reason().isEmpty()) {
      throw new CudaException(probe.reason());
    }
    List<CudaDevice> devices = probe.devices();
    if (index >= devices.size()) {
      throw new CudaException(
          "there is no device cuda:" + index + "; the driver lists " + devices.size());
    }
    CudaDevice info = devices.get(index);
    if (capability(info) < LEAST_CAPABILITY) {
      throw new CudaException(
          "%s is too old: compute capability %s, and 7.5 (Turing) is the least"
              .formatted(info.name(), info.computeCapability()));
    }
    return new JcudaGpu(info, probe.driver().version());
  }

  private static int capability(CudaDevice info) {
    String[] parts = info.computeCapability().split("\\.", -1);
    return 10 * Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]);
  }

  /** Contexts belong to threads; a thread that comes for the first time takes ours. */
  private void enter() {
    if (noting != null && Thread.currentThread() != notingThread) {
      throw new CudaException("another thread is making a graph on " + info.name());
    }
    if (!isCurrent.get()) {
      check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
      isCurrent.set(true);
    }
  }

  CUstream stream() {
    enter();
    return stream;
  }

  @Override
  public String name() {
    return info.name();
  }

  @Override
  public int capability() {
    return capability;
  }

  @Override
  public int multiprocessors() {
    return info.multiprocessors();
  }

  @Override
  public long totalBytes() {
    return info.memoryBytes();
  }

  @Override
  public long freeBytes() {
    enter();
    long[] free = new long[1];
    check("cuMemGetInfo", JCudaDriver.cuMemGetInfo(free, new long[1]));
    return free[0];
  }

  @Override
  public synchronized long allocate(long bytes) {
    enter();
    DevicePointer pointer = new DevicePointer();
    int status = JCudaDriver.cuMemAlloc(pointer, Math.max(bytes, 1));
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return 0;
    }
    checked("cuMemAlloc of " + bytes + " bytes", status);
    return pointer.address();
  }

  /** The driver waits for the device before it frees. */
  @Override
  public synchronized void free(long address) {
    enter();
    checked("cuMemFree", JCudaDriver.cuMemFree(DevicePointer.to(address)));
  }

  /** A card does not know what was written. */
  @Override
  public void forget(long address, long bytes) {}

  @Override
  public synchronized void upload(MemorySegment source, long address) {
    enter();
    refuseWhileNoting("a copy from the host");
    blaming(() -> staging.upload(source, address));
  }

  @Override
  public synchronized void download(long address, MemorySegment target) {
    enter();
    refuseWhileNoting("a copy to the host");
    blaming(() -> staging.download(address, target));
  }

  @Override
  public synchronized void copy(long from, long to, long bytes) {
    enter();
    checked(
        "cuMemcpyDtoDAsync",
        JCudaDriver.cuMemcpyDtoDAsync(DevicePointer.to(to), DevicePointer.to(from), bytes, stream));
  }

  @Override
  public synchronized void zero(long address, long bytes) {
    enter();
    checked(
        "cuMemsetD8Async",
        JCudaDriver.cuMemsetD8Async(DevicePointer.to(address), (byte) 0, bytes, stream));
  }

  @Override
  public synchronized void launch(
      String module, String kernel, Dim3 grid, Dim3 block, int sharedBytes, Arguments arguments) {
    enter();
    CUfunction function = modules.kernel(module, kernel);
    if (sharedBytes > COMMON_SHARED_BYTES) {
      check(
          "cuFuncSetAttribute",
          JCudaDriver.cuFuncSetAttribute(
              function,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
              sharedBytes));
    }
    Pointer[] parameters = arguments.bytes().stream().map(Pointer::to).toArray(Pointer[]::new);
    int status =
        JCudaDriver.cuLaunchKernel(
            function,
            grid.x(),
            grid.y(),
            grid.z(),
            block.x(),
            block.y(),
            block.z(),
            sharedBytes,
            stream,
            Pointer.to(parameters),
            null);
    checked("cuLaunchKernel " + module + "." + kernel + " of " + grid + " × " + block, status);
    lastKernel = module + "." + kernel;
    if (waits && noting == null) {
      synchronize();
    }
  }

  @Override
  public synchronized CudaLibrary openProducts() {
    CudaLibrary found = CudaProbe.run().cublas();
    if (!found.found()) {
      return found;
    }
    enter();
    try {
      if (cublas == null) {
        cublas = new JcublasGemm(stream, capability);
      }
    } catch (LinkageError | CudaException e) {
      return CudaLibrary.missing(
          "cuBLAS " + found.version() + " does not start: " + e.getMessage());
    }
    return CudaLibrary.found("cuBLAS " + found.version());
  }

  @Override
  public synchronized void multiply(GemmCall call) {
    enter();
    blaming(() -> cublas.multiply(call));
    lastKernel = "a product of cuBLAS";
    if (waits && noting == null) {
      synchronize();
    }
  }

  @Override
  public synchronized long mark() {
    enter();
    return timer.mark();
  }

  @Override
  public synchronized double millis(long from, long to) {
    enter();
    double[] millis = new double[1];
    blaming(() -> millis[0] = timer.millis(from, to));
    return millis[0];
  }

  @Override
  public synchronized void synchronize() {
    enter();
    refuseWhileNoting("waiting for the device");
    checked("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
  }

  private void refuseWhileNoting(String what) {
    if (noting != null) {
      throw new CudaException(NOT_IN_A_GRAPH.formatted(what));
    }
  }

  @Override
  public synchronized void beginCapture() {
    enter();
    refuseWhileNoting("another graph");
    notingThread = Thread.currentThread();
    noting = new JcudaGraph(this, stream);
  }

  @Override
  public synchronized Captured endCapture(boolean isWanted) {
    JcudaGraph graph = noting;
    noting = null;
    if (!isWanted) {
      graph.abandon();
      return null;
    }
    blaming(graph::finish);
    return graph;
  }

  /** For a graph: what calls of the driver need around them. */
  synchronized void locked(String what, Runnable work) {
    enter();
    blaming(work);
    lastKernel = what;
  }

  private void blaming(Runnable work) {
    try {
      work.run();
    } catch (CudaException e) {
      throw new CudaException(blame(e.getMessage()), e);
    }
  }

  private void checked(String call, int status) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new CudaException(blame(call + ": " + CudaStatus.words(status)));
    }
  }

  /** What goes wrong in a kernel shows up in some later call. */
  private String blame(String message) {
    String hint = waits ? "" : "; -D" + WAIT_PROPERTY + "=true finds the kernel";
    return "%s: %s (last kernel queued: %s%s)".formatted(info.name(), message, lastKernel, hint);
  }

  @Override
  public synchronized void close() {
    enter();
    JCudaDriver.cuStreamSynchronize(stream);
    if (cublas != null) {
      cublas.close();
      cublas = null;
    }
    timer.close();
    modules.unload();
    staging.free();
    JCudaDriver.cuStreamDestroy(stream);
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
    isCurrent.set(false);
  }
}
