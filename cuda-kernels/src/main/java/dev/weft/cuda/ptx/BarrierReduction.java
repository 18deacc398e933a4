package dev.weft.cuda.ptx;

/**
 * {@code bar.red}: a barrier that tells all threads how many of them, or whether any or all, held a
 * predicate.
 */
final class BarrierReduction extends Op {
  private final int id;
  private final int source;
  private final boolean negated;
  private final String function;
  private final int to;

  private BarrierReduction(int id, int source, boolean negated, String function, int to) {
    this.id = id;
    this.source = source;
    this.negated = negated;
    this.function = function;
    this.to = to;
  }

  static Op decode(Decoder d, Instruction i) {
    String function =
        i.modifiers().stream()
            .filter(m -> m.equals("popc") || m.equals("and") || m.equals("or"))
            .findFirst()
            .orElseThrow(() -> new PtxException(i.line(), "unknown instruction " + i.opcode()));
    boolean counts = function.equals("popc");
    Operand.Register p = (Operand.Register) i.operand(i.operands().size() - 1);
    int to = counts ? d.destination(i.operand(0)) : d.predicate(i.operand(0));
    int id = d.source(i.operand(1), PtxType.U32);
    Op op = new BarrierReduction(id, d.predicate(p), p.negated(), function, to);
    op.reads(id).readsPredicates(d.predicate(p));
    return counts ? op.writes(to) : op.writesPredicates(to);
  }

  @Override
  void run(Warp w, int mask) {
    ControlOps.arrive(this, w, mask, (int) w.r[id * Warp.LANES], 0);
  }

  private int held(Warp w) {
    return (negated ? ~w.p[source] : w.p[source]) & w.live;
  }

  /** Gives their results to all warps that waited at a barrier, if they waited for one. */
  static void finish(Warp[] warps, int barrier) {
    int count = 0;
    int threads = 0;
    for (Warp w : warps) {
      if (at(w, barrier) instanceof BarrierReduction reduction) {
        count += Integer.bitCount(reduction.held(w));
        threads += Integer.bitCount(w.live);
      }
    }
    for (Warp w : warps) {
      if (at(w, barrier) instanceof BarrierReduction reduction) {
        reduction.store(w, count, threads);
      }
    }
  }

  private static Op at(Warp w, int barrier) {
    boolean waits = w.state == Warp.State.WAITING && w.barrier == barrier;
    return waits ? w.kernel.ops[w.pc - 1] : null;
  }

  private void store(Warp w, int count, int threads) {
    switch (function) {
      case "popc" -> WarpOps.fill(w, to, w.live, count);
      case "and" -> w.p[to] = count == threads ? -1 : 0;
      default -> w.p[to] = count > 0 ? -1 : 0;
    }
  }
}
