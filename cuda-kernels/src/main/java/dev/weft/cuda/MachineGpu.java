package dev.weft.cuda;

import dev.weft.cuda.ptx.Arguments;
import dev.weft.cuda.ptx.Counters;
import dev.weft.cuda.ptx.Dim3;
import dev.weft.cuda.ptx.GlobalMemory;
import dev.weft.cuda.ptx.PtxException;
import dev.weft.cuda.ptx.PtxMachine;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A device that is the PTX machine: slow, exact about faults, and there on every computer. */
final class MachineGpu implements Gpu {
  private final int capability;
  private final UnaryOperator<String> text;
  private final GlobalMemory memory;
  private final Counters counters;
  private final Map<String, PtxMachine> modules = new HashMap<>();

  /** What is noted instead of done; null: nothing. */
  private List<Runnable> noted;

  /**
   * A machine that takes the PTX of a generation.
   *
   * @param capability one of {@link PtxKernels#CAPABILITIES}
   * @param bytes of memory
   */
  MachineGpu(int capability, long bytes) {
    this(capability, bytes, module -> PtxKernels.text(module, capability), new Counters(false));
  }

  /** The same with modules' PTX from elsewhere, and counters to look at. */
  MachineGpu(int capability, long bytes, UnaryOperator<String> text, Counters counters) {
    this.counters = counters;
    this.capability = capability;
    this.memory = new GlobalMemory(bytes);
    this.text = text;
  }

  /** Noted launches, copies and fills. */
  private record Noted(List<Runnable> work) implements Captured {
    @Override
    public int size() {
      return work.size();
    }

    @Override
    public void launch() {
      work.forEach(Runnable::run);
    }

    @Override
    public void close() {}
  }

  @Override
  public synchronized void beginCapture() {
    noted = new ArrayList<>();
  }

  @Override
  public synchronized Captured endCapture(boolean isWanted) {
    Noted all = new Noted(noted);
    noted = null;
    return isWanted ? all : null;
  }

  /** Does it, or notes it. */
  private void queue(Runnable work) {
    if (noted == null) {
      work.run();
    } else {
      noted.add(work);
    }
  }

  private void refuseWhileNoting(String what) {
    if (noted != null) {
      throw new CudaException(JcudaGpu.NOT_IN_A_GRAPH.formatted(what));
    }
  }

  @Override
  public String name() {
    return "PTX machine";
  }

  @Override
  public int capability() {
    return capability;
  }

  @Override
  public int multiprocessors() {
    return 1;
  }

  @Override
  public long totalBytes() {
    return memory.capacity();
  }

  @Override
  public long freeBytes() {
    return memory.capacity() - memory.used();
  }

  @Override
  public synchronized long allocate(long bytes) {
    return memory.allocate(Math.max(bytes, 1));
  }

  @Override
  public synchronized void free(long address) {
    memory.free(address);
  }

  @Override
  public synchronized void forget(long address, long bytes) {
    memory.forget(address, bytes);
  }

  @Override
  public synchronized void upload(MemorySegment source, long address) {
    refuseWhileNoting("a copy from the host");
    memory.write(address, source);
  }

  @Override
  public synchronized void download(long address, MemorySegment target) {
    refuseWhileNoting("a copy to the host");
    memory.read(address, target);
  }

  @Override
  public synchronized void copy(long from, long to, long bytes) {
    queue(() -> memory.copy(from, to, bytes));
  }

  @Override
  public synchronized void zero(long address, long bytes) {
    byte[] zeros = new byte[Math.toIntExact(bytes)];
    queue(() -> memory.write(address, MemorySegment.ofArray(zeros)));
  }

  @Override
  public synchronized void launch(
      String module, String kernel, Dim3 grid, Dim3 block, int sharedBytes, Arguments arguments) {
    queue(() -> run(module, kernel, grid, block, sharedBytes, arguments));
  }

  private void run(
      String module, String kernel, Dim3 grid, Dim3 block, int sharedBytes, Arguments arguments) {
    PtxMachine machine =
        modules.computeIfAbsent(module, name -> new PtxMachine(memory, text.apply(name)));
    try {
      machine.launch(kernel, grid, block, sharedBytes, arguments, counters);
    } catch (PtxException e) {
      throw new CudaException(module + "." + kernel + ": " + e.getMessage(), e);
    }
  }

  /** There is no cuBLAS for the machine: what it does by definition, for tests of what calls it. */
  @Override
  public CudaLibrary openProducts() {
    return CudaLibrary.found("the definition of a matrix product, in place of cuBLAS");
  }

  @Override
  public synchronized void multiply(GemmCall call) {
    queue(() -> product(call));
  }

  private void product(GemmCall call) {
    try {
      new MachineGemm(memory).multiply(call);
    } catch (PtxException e) {
      throw new CudaException(call + ": " + e.getMessage(), e);
    }
  }

  /** The machine has no clock of its own: this is the host's. */
  @Override
  public long mark() {
    return System.nanoTime();
  }

  @Override
  public double millis(long from, long to) {
    return (to - from) / 1e6;
  }

  /** The PTX machine is done when a launch returns. */
  @Override
  public void synchronize() {}

  @Override
  public void close() {}
}
