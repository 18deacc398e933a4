package dev.weft.cuda.ptx;

import java.util.List;

/** Branches, barriers, fences; PTX ISA, chapters 9.7.12 and 9.7.13. */
final class ControlOps {
  private ControlOps() {}

  static Op decode(Decoder d, Instruction i) {
    Op op =
        switch (i.name()) {
          case "bra" -> new Branch(d.label(i, i.operand(0)));
          case "brx" -> new IndexedBranch(d.source(i.operand(0), PtxType.U32), d.targets(i));
          case "ret", "exit" -> new Exit();
          case "bar", "barrier" -> barrier(d, i);
          case "membar", "fence" -> new MemoryOps.Nothing();
          case "trap" -> trap();
          case "nanosleep" -> new MemoryOps.Nothing();
          default -> null;
        };
    return op == null ? null : op.category(Op.Category.CONTROL);
  }

  /** Where paths part; where they meet again is found when the whole kernel is known. */
  static final class Branch extends Op {
    final int target;
    int meeting = ControlFlow.END;

    Branch(int target) {
      this.target = target;
    }

    @Override
    void run(Warp warp, int mask) {
      warp.branch(mask, target, meeting);
    }
  }

  static final class IndexedBranch extends Op {
    final List<Integer> targets;
    private final int index;
    int meeting = ControlFlow.END;

    IndexedBranch(int index, List<Integer> targets) {
      this.index = index;
      this.targets = targets;
      reads(index);
    }

    @Override
    void run(Warp warp, int mask) {
      warp.branchByIndex(mask, index, targets, meeting, this);
    }
  }

  /** The thread's end. */
  static final class Exit extends Op {
    @Override
    void run(Warp warp, int mask) {
      warp.exit(mask);
    }
  }

  private static Op trap() {
    return new Op() {
      @Override
      void run(Warp warp, int mask) {
        throw fault(warp, Integer.numberOfTrailingZeros(mask), "the kernel gave up");
      }
    };
  }

  private static Op barrier(Decoder d, Instruction i) {
    if (i.has("warp")) {
      return warpBarrier(d.source(i.operand(0), PtxType.B32));
    }
    if (i.has("red")) {
      return BarrierReduction.decode(d, i);
    }
    if (i.has("arrive")) {
      throw new PtxException(i.line(), "unknown instruction " + i.opcode());
    }
    int id = d.source(i.operand(0), PtxType.U32);
    boolean counted = i.operands().size() > 1;
    int threads = counted ? d.source(i.operand(1), PtxType.U32) : -1;
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            arrive(
                this,
                w,
                mask,
                (int) w.r[id * Warp.LANES],
                counted ? (int) w.r[threads * Warp.LANES] : 0);
          }
        };
    return counted ? op.reads(id, threads) : op.reads(id);
  }

  /** All lanes that live must come together: a barrier that some of them pass by never opens. */
  static void arrive(Op op, Warp w, int mask, int id, int threads) {
    if (mask != w.live) {
      throw op.fault(
          w,
          Integer.numberOfTrailingZeros(mask),
          "barrier divergence: lanes %08x of the warp are here, lanes %08x are not"
              .formatted(mask, w.live & ~mask));
    }
    w.barrier = id;
    w.barrierThreads = threads;
    w.state = Warp.State.WAITING;
  }

  private static Op warpBarrier(int members) {
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        WarpOps.requireMembers(this, w, mask, members);
        w.syncs++;
      }
    }.reads(members);
  }
}
