package dev.weft.cuda.ptx;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs PTX: a module's kernels over a grid, block after block, always in the same order.
 *
 * <pre>{@code
 * GlobalMemory memory = new GlobalMemory(1 << 30);
 * PtxMachine machine = new PtxMachine(memory, ptx);
 * machine.launch("relu", Dim3.of(blocks), Dim3.of(256), 0, arguments, new Counters(true));
 * }</pre>
 *
 * <p>Faults throw a {@link PtxException} with instruction, line and thread: accesses out of bounds
 * or misaligned, reads of what was never written, races on shared memory, barriers that some
 * threads pass by. Belongs to one thread.
 */
public final class PtxMachine {
  private final GlobalMemory memory;
  private final PtxModule module;
  private final Map<String, Long> variables = new HashMap<>();
  private final Map<String, Kernel> kernels = new HashMap<>();
  private final byte[] constants;
  private long limit = 1L << 32;

  /** Loads a module: its global variables are allocated and filled. */
  public PtxMachine(GlobalMemory memory, String ptx) {
    this.memory = memory;
    this.module = Parser.parse(ptx);
    ByteArrayOutputStream constant = new ByteArrayOutputStream();
    for (PtxVariable variable : module.variables()) {
      if (variable.space().equals("global")) {
        variables.put(variable.name(), allocate(variable));
      } else if (variable.space().equals("const")) {
        while (constant.size() % variable.align() != 0) {
          constant.write(0);
        }
        variables.put(variable.name(), (long) constant.size());
        byte[] content = variable.initial();
        constant.writeBytes(content == null ? new byte[variable.bytes()] : content);
      }
    }
    constants = constant.toByteArray();
  }

  private long allocate(PtxVariable variable) {
    long address = memory.allocate(variable.bytes());
    byte[] content = variable.initial();
    byte[] filled = content == null ? new byte[variable.bytes()] : content;
    memory.write(address, MemorySegment.ofArray(filled));
    return address;
  }

  /** The module's target, such as {@code sm_80}. */
  public String target() {
    return module.target();
  }

  /** The PTX version that the module asks for. */
  public String version() {
    return module.version();
  }

  /**
   * How many instructions the warps of a launch may issue together before it is given up as one
   * that does not end; 2^32 where nothing is said, which take minutes.
   */
  public PtxMachine limit(long instructions) {
    limit = instructions;
    return this;
  }

  /** The kernels' names. */
  public List<String> kernelNames() {
    return module.functions().values().stream()
        .filter(PtxFunction::entry)
        .map(PtxFunction::name)
        .toList();
  }

  /** A kernel of the module, decoded when it is first asked for. */
  public Kernel kernel(String name) {
    return kernels.computeIfAbsent(name, this::decoded);
  }

  private Kernel decoded(String name) {
    PtxFunction function = module.functions().get(name);
    if (function == null || !function.entry()) {
      throw new PtxException("no kernel " + name + "; there are " + kernelNames());
    }
    return Decoder.decode(module, function, variables, constants);
  }

  /**
   * Runs a kernel to its end.
   *
   * @param arguments each parameter's bytes, little-endian; see {@link Arguments}
   */
  public void launch(
      String kernel,
      Dim3 grid,
      Dim3 block,
      int dynamicSharedBytes,
      Arguments arguments,
      Counters counters) {
    if (block.count() < 1 || block.count() > 1024 || grid.count() < 1) {
      throw new PtxException(kernel + ": cannot launch a grid of " + grid + " blocks of " + block);
    }
    Kernel code = kernel(kernel);
    Block.Launch launch = new Block.Launch(grid, block, dynamicSharedBytes, limit);
    Block place = new Block(code, launch, code.pack(arguments.bytes()), memory, counters);
    for (int z = 0; z < grid.z(); z++) {
      for (int y = 0; y < grid.y(); y++) {
        for (int x = 0; x < grid.x(); x++) {
          place.run(new Dim3(x, y, z));
        }
      }
    }
  }
}
