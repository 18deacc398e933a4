package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Dim3;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/** A device that counts what passes between it and the host. */
final class CountedGpu implements Gpu {
  private final Gpu gpu;
  private final LongAdder uploads = new LongAdder();
  private final LongAdder uploadedBytes = new LongAdder();
  private final LongAdder downloads = new LongAdder();
  private final LongAdder downloadedBytes = new LongAdder();
  private final LongAdder launches = new LongAdder();

  CountedGpu(Gpu gpu) {
    this.gpu = gpu;
  }

  /** What has been counted so far. */
  Traffic traffic() {
    return new Traffic(
        uploads.sum(), uploadedBytes.sum(), downloads.sum(), downloadedBytes.sum(), launches.sum());
  }

  @Override
  public String name() {
    return gpu.name();
  }

  @Override
  public int capability() {
    return gpu.capability();
  }

  @Override
  public int multiprocessors() {
    return gpu.multiprocessors();
  }

  @Override
  public long totalBytes() {
    return gpu.totalBytes();
  }

  @Override
  public long freeBytes() {
    return gpu.freeBytes();
  }

  @Override
  public long allocate(long bytes) {
    return gpu.allocate(bytes);
  }

  @Override
  public void free(long address) {
    gpu.free(address);
  }

  @Override
  public void forget(long address, long bytes) {
    gpu.forget(address, bytes);
  }

  @Override
  public void upload(MemorySegment source, long address) {
    uploads.increment();
    uploadedBytes.add(source.byteSize());
    gpu.upload(source, address);
  }

  @Override
  public void download(long address, MemorySegment target) {
    downloads.increment();
    downloadedBytes.add(target.byteSize());
    gpu.download(address, target);
  }

  @Override
  public void copy(long from, long to, long bytes) {
    gpu.copy(from, to, bytes);
  }

  @Override
  public void zero(long address, long bytes) {
    gpu.zero(address, bytes);
  }

  @Override
  public void launch(
      String module, String kernel, Dim3 grid, Dim3 block, int sharedBytes, Arguments arguments) {
    launches.increment();
    gpu.launch(module, kernel, grid, block, sharedBytes, arguments);
  }

  @Override
  public CudaLibrary openProducts() {
    return gpu.openProducts();
  }

  @Override
  public void multiply(GemmCall call) {
    launches.increment();
    gpu.multiply(call);
  }

  @Override
  public void beginCapture() {
    gpu.beginCapture();
  }

  @Override
  public Captured endCapture(boolean isWanted) {
    Captured captured = gpu.endCapture(isWanted);
    return captured == null ? null : new CountedCapture(captured);
  }

  /** Whatever it holds, doing it again is one launch. */
  private final class CountedCapture implements Captured {
    private final Captured captured;

    CountedCapture(Captured captured) {
      this.captured = captured;
    }

    @Override
    public int size() {
      return captured.size();
    }

    @Override
    public void launch() {
      launches.increment();
      captured.launch();
    }

    @Override
    public void close() {
      captured.close();
    }
  }

  @Override
  public long mark() {
    return gpu.mark();
  }

  @Override
  public double millis(long from, long to) {
    return gpu.millis(from, to);
  }

  @Override
  public void synchronize() {
    gpu.synchronize();
  }

  @Override
  public void close() {
    gpu.close();
  }
}
