package dev.weft.cuda.ptx;

import java.util.List;
import java.util.Map;

/** A kernel decoded: what {@link PtxMachine} launches. */
public final class Kernel {
  final String name;
  final Op[] ops;
  final int registerCount;
  final int predicateCount;
  final String[] registerNames;
  final String[] predicateNames;

  /** Register of each constant. */
  final Map<Long, Integer> constants;

  /** Register of each special register such as {@code %tid.x}. */
  final Map<String, Integer> specials;

  final int sharedBytes;
  final int sharedGranule;
  final int localBytes;
  final List<PtxVariable> parameters;
  final byte[] constantMemory;

  Kernel(
      String name,
      List<Op> ops,
      Registers registers,
      Layout layout,
      List<PtxVariable> parameters,
      byte[] constantMemory) {
    this.name = name;
    this.ops = ops.toArray(Op[]::new);
    this.registerCount = registers.count();
    this.predicateCount = registers.predicateCount();
    this.registerNames = registers.names();
    this.predicateNames = registers.predicateNames();
    this.constants = registers.constants();
    this.specials = registers.specials();
    this.sharedBytes = layout.sharedBytes();
    this.sharedGranule = layout.sharedGranule();
    this.localBytes = layout.localBytes();
    this.parameters = parameters;
    this.constantMemory = constantMemory;
  }

  /** Bytes of shared memory and of each thread's local memory, and the finest shared access. */
  record Layout(int sharedBytes, int sharedGranule, int localBytes) {}

  /** The name in the PTX text. */
  public String name() {
    return name;
  }

  /** Arguments in the layout that {@code ld.param} reads them from. */
  byte[] pack(List<byte[]> arguments) {
    if (arguments.size() != parameters.size()) {
      throw new PtxException(
          name + ": " + arguments.size() + " arguments for " + parameters.size() + " parameters");
    }
    int bytes = 0;
    for (PtxVariable parameter : parameters) {
      bytes = parameter.aligned(bytes) + parameter.bytes();
    }
    byte[] packed = new byte[bytes];
    int at = 0;
    for (int i = 0; i < arguments.size(); i++) {
      PtxVariable parameter = parameters.get(i);
      byte[] argument = arguments.get(i);
      if (argument.length != parameter.bytes()) {
        throw new PtxException(
            "%s: argument %d has %d bytes, its parameter %d"
                .formatted(name, i + 1, argument.length, parameter.bytes()));
      }
      at = parameter.aligned(at);
      System.arraycopy(argument, 0, packed, at, argument.length);
      at += argument.length;
    }
    return packed;
  }
}
