package dev.weft.cuda.ptx;

import java.util.Set;

/** A block of threads: its warps, its shared memory, its barriers. */
final class Block {
  static final Set<String> SPECIALS =
      Set.of(
          "%tid.x",
          "%tid.y",
          "%tid.z",
          "%ntid.x",
          "%ntid.y",
          "%ntid.z",
          "%ctaid.x",
          "%ctaid.y",
          "%ctaid.z",
          "%nctaid.x",
          "%nctaid.y",
          "%nctaid.z",
          "%laneid",
          "%warpid",
          "%nwarpid",
          "%lanemask_eq",
          "%lanemask_lt",
          "%lanemask_le",
          "%lanemask_gt",
          "%lanemask_ge",
          "%smid");

  final Kernel kernel;
  final Launch launch;
  final GlobalMemory global;
  final Counters counters;
  final SharedMemory shared;
  final byte[] parameters;
  private final Warp[] warps;
  private Dim3 place = new Dim3(0, 0, 0);

  /** Instructions of warps that the launch may still issue. */
  long budget;

  /** What a launch gives. */
  record Launch(Dim3 grid, Dim3 block, int dynamicSharedBytes, long budget) {}

  Block(Kernel kernel, Launch launch, byte[] parameters, GlobalMemory global, Counters counters) {
    this.kernel = kernel;
    this.launch = launch;
    this.parameters = parameters;
    this.global = global;
    this.counters = counters;
    this.budget = launch.budget;
    int bytes = kernel.sharedBytes + launch.dynamicSharedBytes;
    this.shared = new SharedMemory(bytes, kernel.sharedGranule);
    this.warps = new Warp[(int) ((launch.block.count() + Warp.LANES - 1) / Warp.LANES)];
    for (int i = 0; i < warps.length; i++) {
      warps[i] = new Warp(this, i);
    }
  }

  /** Runs all threads of the block at a place of the grid. */
  void run(Dim3 at) {
    place = at;
    shared.start();
    for (Warp warp : warps) {
      warp.start();
    }
    do {
      for (Warp warp : warps) {
        warp.run();
      }
    } while (release());
    for (Warp warp : warps) {
      if (warp.state == Warp.State.WAITING) {
        throw stuck(warp);
      }
    }
  }

  /** Lets the warps go whose barrier is complete; false if none is. */
  private boolean release() {
    int waiting = 0;
    for (Warp warp : warps) {
      if (warp.state == Warp.State.WAITING) {
        waiting++;
      }
    }
    boolean released = false;
    for (int id = 0; id < 16 && waiting > 0; id++) {
      released |= release(id);
    }
    if (released) {
      shared.barrier();
    }
    return released;
  }

  private boolean release(int id) {
    int here = 0;
    int elsewhere = 0;
    int threads = 0;
    for (Warp warp : warps) {
      if (warp.state == Warp.State.WAITING && warp.barrier == id) {
        here++;
        threads = Math.max(threads, warp.barrierThreads);
      } else if (warp.state != Warp.State.DONE) {
        elsewhere++;
      }
    }
    boolean complete = threads == 0 ? elsewhere == 0 : here * Warp.LANES >= threads;
    if (here == 0 || !complete) {
      return false;
    }
    BarrierReduction.finish(warps, id);
    for (Warp warp : warps) {
      if (warp.state == Warp.State.WAITING && warp.barrier == id) {
        warp.state = Warp.State.RUNNING;
      }
    }
    return true;
  }

  private PtxException stuck(Warp warp) {
    Op at = kernel.ops[warp.pc - 1];
    return at.fault(
        warp,
        Integer.numberOfTrailingZeros(warp.active),
        "waits for ever at barrier "
            + warp.barrier
            + ": other warps of the block wait at another barrier or are too few");
  }

  /** A special register's value for a thread. */
  long special(String name, int thread) {
    Dim3 b = launch.block;
    Dim3 g = launch.grid;
    int lane = thread % Warp.LANES;
    return switch (name) {
      case "%tid.x" -> thread % b.x();
      case "%tid.y" -> thread / b.x() % b.y();
      case "%tid.z" -> thread / b.x() / b.y();
      case "%ntid.x" -> b.x();
      case "%ntid.y" -> b.y();
      case "%ntid.z" -> b.z();
      case "%ctaid.x" -> place.x();
      case "%ctaid.y" -> place.y();
      case "%ctaid.z" -> place.z();
      case "%nctaid.x" -> g.x();
      case "%nctaid.y" -> g.y();
      case "%nctaid.z" -> g.z();
      case "%laneid" -> lane;
      case "%warpid" -> thread / Warp.LANES;
      case "%nwarpid" -> warps.length;
      case "%lanemask_eq" -> 1L << lane;
      case "%lanemask_lt" -> (1L << lane) - 1;
      case "%lanemask_le" -> (2L << lane) - 1;
      case "%lanemask_gt" -> 0xffffffffL & ~((2L << lane) - 1);
      case "%lanemask_ge" -> 0xffffffffL & ~((1L << lane) - 1);
      case "%smid" -> 0;
      default -> throw new PtxException("unknown register " + name);
    };
  }

  /** A thread in words. */
  String thread(int number) {
    return "thread "
        + new Dim3(
            (int) special("%tid.x", number),
            (int) special("%tid.y", number),
            (int) special("%tid.z", number))
        + " of block "
        + place
        + " of "
        + kernel.name;
  }
}
