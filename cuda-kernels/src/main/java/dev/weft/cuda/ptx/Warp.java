package dev.weft.cuda.ptx;

import java.util.Arrays;
import java.util.List;

/**
 * 32 threads that share an instruction pointer. Where they diverge, one side waits on a stack until
 * the other has come to the branch's immediate post-dominator.
 */
final class Warp {
  static final int LANES = 32;

  enum State {
    RUNNING,
    /** At a barrier of the block. */
    WAITING,
    DONE
  }

  final Kernel kernel;
  final Block block;
  final int number;

  /** Registers, 32 lanes each. */
  final long[] r;

  /** Predicates, a bit for each lane. */
  final int[] p;

  final int[] defined;
  final int[] definedPredicates;

  /** Lanes that have not exited. */
  int live;

  State state = State.DONE;

  /** What barrier it waits at, and how many threads that barrier is for (0: all). */
  int barrier;

  int barrierThreads;

  /** Barriers of this warp alone that it has passed. */
  int syncs;

  /** Copies on their way to shared memory. */
  final AsyncOps.Pending copies = new AsyncOps.Pending();

  // The top of the stack of paths; below it those that wait.
  int pc;
  int active;
  int reconvergence;
  private int[] stack = new int[3 * 16];
  private int depth;

  final byte[] local;
  final byte[] localInitialised;

  Warp(Block block, int number) {
    this.block = block;
    this.kernel = block.kernel;
    this.number = number;
    this.r = new long[kernel.registerCount * LANES];
    this.p = new int[kernel.predicateCount];
    this.defined = new int[kernel.registerCount];
    this.definedPredicates = new int[kernel.predicateCount];
    this.local = new byte[kernel.localBytes * LANES];
    this.localInitialised = new byte[local.length];
    kernel.constants.forEach(
        (value, register) ->
            Arrays.fill(r, register * LANES, (register + 1) * LANES, value.longValue()));
  }

  /** Makes it ready for its part of a block. */
  void start() {
    long threads = block.launch.block().count();
    long rest = threads - (long) number * LANES;
    live = rest >= LANES ? -1 : (1 << rest) - 1;
    pc = 0;
    active = live;
    reconvergence = -1;
    depth = 0;
    syncs = 0;
    copies.clear();
    state = State.RUNNING;
    Arrays.fill(defined, 0);
    Arrays.fill(definedPredicates, 0);
    Arrays.fill(localInitialised, (byte) 0);
    kernel.constants.values().forEach(register -> defined[register] = -1);
    kernel.specials.forEach(this::fillSpecial);
  }

  private void fillSpecial(String name, int register) {
    for (int lane = 0; lane < LANES; lane++) {
      r[register * LANES + lane] = block.special(name, number * LANES + lane);
    }
    defined[register] = -1;
  }

  /** Goes on until all lanes have exited or the warp comes to a barrier. */
  void run() {
    Op[] ops = kernel.ops;
    Counters counters = block.counters;
    while (state == State.RUNNING) {
      if (active == 0 || pc == reconvergence) {
        if (!pop()) {
          return;
        }
        continue;
      }
      if (pc >= ops.length) {
        exit(active);
        continue;
      }
      Op op = ops[pc++];
      int mask = active;
      if (op.guard >= 0) {
        requireDefined(definedPredicates, op.guard, mask, op, kernel.predicateNames);
        mask &= op.guardNegated ? ~p[op.guard] : p[op.guard];
      }
      counters.instruction(op, mask);
      if (--block.budget < 0) {
        throw op.fault(
            this,
            Integer.numberOfTrailingZeros(active),
            "the launch's limit of instructions is spent");
      }
      if (mask != 0) {
        execute(op, mask);
      }
    }
  }

  private void execute(Op op, int mask) {
    for (int register : op.reads) {
      if ((defined[register] & mask) != mask) {
        requireDefined(defined, register, mask, op, kernel.registerNames);
      }
    }
    for (int register : op.readsPredicates) {
      requireDefined(definedPredicates, register, mask, op, kernel.predicateNames);
    }
    op.run(this, mask);
    for (int register : op.writes) {
      defined[register] |= mask;
    }
    for (int register : op.writesPredicates) {
      definedPredicates[register] |= mask;
    }
  }

  private void requireDefined(int[] known, int register, int mask, Op op, String[] names) {
    int missing = mask & ~known[register];
    if (missing != 0) {
      int lane = Integer.numberOfTrailingZeros(missing);
      throw op.fault(this, lane, "reads register " + names[register] + ", which was never written");
    }
  }

  // ---- Paths ---------------------------------------------------------------------------------

  /**
   * The lanes of {@code taken} go to {@code target}, the others on; all meet at {@code meeting}.
   */
  void branch(int taken, int target, int meeting) {
    int others = active & ~taken;
    if (taken == 0) {
      return;
    }
    if (others == 0) {
      pc = target;
      return;
    }
    int next = pc;
    if (meeting != reconvergence) {
      push(meeting, active, reconvergence);
    }
    // Else the path below this one already waits there for all of them.
    if (next != meeting) {
      push(next, others, meeting);
    }
    pc = target;
    active = taken;
    reconvergence = meeting;
  }

  /** Each lane goes where its index says; all meet at {@code meeting}. */
  void branchByIndex(int mask, int index, List<Integer> targets, int meeting, Op op) {
    int rest = mask;
    push(meeting, active, reconvergence);
    if (mask != active) {
      push(pc, active & ~mask, meeting);
    }
    while (rest != 0) {
      int lane = Integer.numberOfTrailingZeros(rest);
      long chosen = r[index * LANES + lane] & 0xffffffffL;
      if (chosen >= targets.size()) {
        throw op.fault(this, lane, "index " + chosen + " of " + targets.size() + " targets");
      }
      int lanes = 0;
      for (int other = lane; other < LANES; other++) {
        boolean same = (r[index * LANES + other] & 0xffffffffL) == chosen;
        lanes |= same ? rest & 1 << other : 0;
      }
      push(targets.get((int) chosen), lanes, meeting);
      rest &= ~lanes;
    }
    pop();
  }

  private void push(int at, int lanes, int end) {
    if (depth + 3 > stack.length) {
      stack = Arrays.copyOf(stack, 2 * stack.length);
    }
    stack[depth++] = at;
    stack[depth++] = lanes;
    stack[depth++] = end;
  }

  private boolean pop() {
    if (depth == 0) {
      state = State.DONE;
      return false;
    }
    reconvergence = stack[--depth];
    active = stack[--depth] & live;
    pc = stack[--depth];
    return true;
  }

  void exit(int lanes) {
    live &= ~lanes;
    active &= live;
    if (live == 0) {
      state = State.DONE;
    }
  }

  /** A thread in words. */
  String thread(int lane) {
    return block.thread(number * LANES + lane);
  }
}
