package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import java.lang.foreign.MemorySegment;

/**
 * A CUDA device as {@link CudaBackend}'s kernels see it: memory, and launches that run one after
 * the other. There are two: the driver's, through JCuda, and the {@linkplain MachineGpu machine}
 * that runs the same PTX without a card.
 *
 * <p>Every method throws a {@link CudaException} that says what was asked and what the device said.
 */
interface Gpu extends AutoCloseable {

  /** The device's name, for people. */
  String name();

  /** Compute capability times ten, for example 86. */
  int capability();

  /** Streaming multiprocessors: how many blocks keep the device busy follows from them. */
  int multiprocessors();

  /** Bytes of memory in all. */
  long totalBytes();

  /** Bytes that could be allocated now. */
  long freeBytes();

  /** The address of so many bytes, aligned to 256, not initialised; 0 if there is no room. */
  long allocate(long bytes);

  /** Gives an allocation back, once the work queued so far has come past it. */
  void free(long address);

  /** What an allocation held does not count any longer: whoever reads it now reads nothing. */
  void forget(long address, long bytes);

  /** Copies from the host; when this returns, the source may change. */
  void upload(MemorySegment source, long address);

  /** Copies to the host, after all that was queued. */
  void download(long address, MemorySegment target);

  /** Copies within the device. */
  void copy(long from, long to, long bytes);

  /** Sets bytes to 0. */
  void zero(long address, long bytes);

  /**
   * Queues a kernel.
   *
   * @param module one of {@link PtxKernels#MODULES}; loaded when first used
   * @param sharedBytes of dynamic shared memory
   */
  void launch(
      String module, String kernel, Dim3 grid, Dim3 block, int sharedBytes, Arguments arguments);

  /**
   * Starts the device's library of matrix products, cuBLAS on a card; its name and version, or why
   * it cannot be used.
   */
  CudaLibrary openProducts();

  /** Queues a product of the library, which has been opened. */
  void multiply(GemmCall call);

  /**
   * From now on what this thread queues is noted instead of done; copies from and to the host, and
   * waiting, are errors.
   */
  void beginCapture();

  /** Ends that: what was noted, or null if it is not wanted. */
  Captured endCapture(boolean isWanted);

  /** Notes the moment at which the device will have done what is queued so far. */
  long mark();

  /** Milliseconds from one mark to a later one, which it waits for; both are given up. */
  double millis(long from, long to);

  /** Waits for all that was queued; a kernel's fault is thrown here at the latest. */
  void synchronize();

  @Override
  void close();
}
