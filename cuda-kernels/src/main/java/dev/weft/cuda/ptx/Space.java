package dev.weft.cuda.ptx;

/** A state space: how a warp's addresses lead to bytes. PTX ISA, chapter 5.1. */
abstract class Space {
  /** Generic addresses of shared, local, constant and parameter memory begin here. */
  static final long SHARED_WINDOW = 1L << 32;

  static final long LOCAL_WINDOW = 2L << 32;
  static final long CONST_WINDOW = 3L << 32;
  static final long PARAM_WINDOW = 4L << 32;
  private static final long WINDOW_MASK = (1L << 32) - 1;

  // Where the last located address lies; a machine runs in one thread.
  byte[] data;
  byte[] marks;

  /** The index in {@link #data} of so many bytes at an address; fails if they are not there. */
  abstract int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write);

  /** Notes a warp's whole access for the counters. */
  void count(Warp warp, long[] addresses, int mask, int bytes) {}

  static Space named(int line, String name) {
    return switch (name) {
      case "global" -> new Global();
      case "shared" -> new Shared();
      case "local" -> new Local();
      case "const" -> new Const();
      case "param" -> new Param();
      case "generic" -> new Generic();
      default -> throw new PtxException(line, "unknown state space " + name);
    };
  }

  /** What a generic address of the space is beyond its own. */
  static long window(int line, String name) {
    return switch (name) {
      case "global" -> 0;
      case "shared" -> SHARED_WINDOW;
      case "local" -> LOCAL_WINDOW;
      case "const" -> CONST_WINDOW;
      case "param" -> PARAM_WINDOW;
      default -> throw new PtxException(line, "unknown state space " + name);
    };
  }

  private static void bounds(
      Op op, Warp warp, int lane, String space, long address, int bytes, int size) {
    if (address < 0 || address + bytes > size) {
      throw op.fault(
          warp,
          lane,
          "out of bounds: %d bytes at %d of %d bytes of %s memory"
              .formatted(bytes, address, size, space));
    }
  }

  /** The index of an address in shared memory; fails if it is not there. */
  static int inShared(Op op, Warp warp, int lane, long address, int bytes) {
    bounds(op, warp, lane, "shared", address, bytes, warp.block.shared.data.length);
    return (int) address;
  }

  private static final class Global extends Space {
    @Override
    int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write) {
      GlobalMemory memory = warp.block.global;
      GlobalMemory.Segment segment = memory.segment(address);
      int at = GlobalMemory.offset(address);
      if (segment == null || at > segment.data.length - bytes) {
        throw op.fault(warp, lane, "out of bounds: " + memory.outside(address, bytes));
      }
      data = segment.data;
      marks = segment.marks;
      return at;
    }

    @Override
    void count(Warp warp, long[] addresses, int mask, int bytes) {
      warp.block.counters.global(addresses, mask, bytes);
    }
  }

  static final class Shared extends Space {
    @Override
    int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write) {
      SharedMemory memory = warp.block.shared;
      int at = inShared(op, warp, lane, address, bytes);
      data = memory.data;
      marks = memory.marks;
      if (write) {
        memory.writes(op, warp, lane, at, bytes, op.atomic);
      } else {
        memory.reads(op, warp, lane, at, bytes);
      }
      return at;
    }

    @Override
    void count(Warp warp, long[] addresses, int mask, int bytes) {
      warp.block.counters.shared(addresses, mask, bytes);
    }
  }

  private static final class Local extends Space {
    @Override
    int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write) {
      int size = warp.kernel.localBytes;
      bounds(op, warp, lane, "local", address, bytes, size);
      data = warp.local;
      marks = warp.localInitialised;
      return lane * size + (int) address;
    }
  }

  private static final class Const extends Space {
    @Override
    int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write) {
      data = warp.kernel.constantMemory;
      marks = null;
      bounds(op, warp, lane, "constant", address, bytes, data.length);
      return (int) address;
    }
  }

  private static final class Param extends Space {
    @Override
    int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write) {
      data = warp.block.parameters;
      marks = null;
      bounds(op, warp, lane, "parameter", address, bytes, data.length);
      return (int) address;
    }
  }

  private static final class Generic extends Space {
    private final Space global = new Global();
    private final Space[] windows = {null, new Shared(), new Local(), new Const(), new Param()};

    @Override
    int locate(Op op, Warp warp, int lane, long address, int bytes, boolean write) {
      int window = (int) (address >>> 32);
      boolean windowed = window > 0 && window < windows.length;
      Space space = windowed ? windows[window] : global;
      long within = windowed ? address & WINDOW_MASK : address;
      int at = space.locate(op, warp, lane, within, bytes, write);
      data = space.data;
      marks = space.marks;
      return at;
    }

    @Override
    void count(Warp warp, long[] addresses, int mask, int bytes) {
      long first = addresses[Integer.numberOfTrailingZeros(mask)];
      if (first >>> 32 == 1) {
        warp.block.counters.shared(addresses, mask, bytes);
      } else if (first >>> GlobalMemory.WINDOW_BITS > 0) {
        warp.block.counters.global(addresses, mask, bytes);
      }
    }
  }
}
