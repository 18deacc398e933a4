package dev.weft.cuda.ptx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/**
 * Where paths that part at a branch meet again at the latest: its immediate post-dominator, the
 * first basic block that every path from it to the end goes through.
 */
final class ControlFlow {
  /** The kernel's end; no instruction has this number. */
  static final int END = -2;

  private final List<Op> ops;

  /** First instruction of each block; the block after the last stands for the end. */
  private final List<Integer> leaders;

  private final List<List<Integer>> successors = new ArrayList<>();
  private final List<BitSet> postDominators = new ArrayList<>();

  private ControlFlow(List<Op> ops) {
    this.ops = ops;
    this.leaders = leaders(ops);
  }

  /** Gives every branch its meeting point. */
  static void resolve(List<Op> ops) {
    ControlFlow flow = new ControlFlow(ops);
    flow.findPostDominators();
    flow.setMeetings();
  }

  private static List<Integer> targets(Op op) {
    return switch (op) {
      case ControlOps.Branch branch -> List.of(branch.target);
      case ControlOps.IndexedBranch branch -> branch.targets;
      default -> List.of();
    };
  }

  private static boolean ends(Op op) {
    return op instanceof ControlOps.Exit;
  }

  private static List<Integer> leaders(List<Op> ops) {
    TreeSet<Integer> found = new TreeSet<>(List.of(0));
    for (int i = 0; i < ops.size(); i++) {
      List<Integer> targets = targets(ops.get(i));
      found.addAll(targets);
      if (!targets.isEmpty() || ends(ops.get(i))) {
        found.add(i + 1);
      }
    }
    found.removeIf(at -> at >= ops.size());
    return new ArrayList<>(found);
  }

  private int block(int instruction) {
    return instruction >= ops.size() ? leaders.size() : leaders.indexOf(instruction);
  }

  private int last(int block) {
    return (block + 1 < leaders.size() ? leaders.get(block + 1) : ops.size()) - 1;
  }

  private List<Integer> successorsOf(int block) {
    Op op = ops.get(last(block));
    List<Integer> found = new ArrayList<>();
    targets(op).forEach(target -> found.add(block(target)));
    boolean leaves = ends(op) || !found.isEmpty();
    if (ends(op)) {
      found.add(leaders.size());
    }
    if (!leaves || op.guard >= 0) {
      found.add(block + 1);
    }
    return found;
  }

  /** The greatest sets with: a block, and what post-dominates all that follow it. */
  private void findPostDominators() {
    int end = leaders.size();
    for (int b = 0; b <= end; b++) {
      BitSet all = new BitSet();
      all.set(b == end ? end : 0, end + 1);
      postDominators.add(all);
      successors.add(b == end ? List.of() : successorsOf(b));
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int b = end - 1; b >= 0; b--) {
        BitSet common = common(b);
        common.set(b);
        changed |= !common.equals(postDominators.set(b, common));
      }
    }
  }

  private BitSet common(int block) {
    BitSet common = new BitSet();
    common.set(0, leaders.size() + 1);
    successors.get(block).forEach(next -> common.and(postDominators.get(next)));
    return common;
  }

  private void setMeetings() {
    for (int b = 0; b < leaders.size(); b++) {
      int meeting = meeting(b);
      switch (ops.get(last(b))) {
        case ControlOps.Branch branch -> branch.meeting = meeting;
        case ControlOps.IndexedBranch branch -> branch.meeting = meeting;
        default -> {}
      }
    }
  }

  /** Of those that post-dominate a block, the nearest: all others post-dominate it too. */
  private int meeting(int block) {
    BitSet candidates = (BitSet) postDominators.get(block).clone();
    candidates.clear(block);
    for (int c = candidates.nextSetBit(0); c >= 0; c = candidates.nextSetBit(c + 1)) {
      if (postDominators.get(c).equals(candidates)) {
        return c == leaders.size() ? END : leaders.get(c);
      }
    }
    return END;
  }
}
