package dev.weft.cuda.ptx;

import java.util.Arrays;

/** A decoded instruction: operands are numbers of registers; nothing is looked up while it runs. */
abstract class Op {
  private static final int[] NONE = {};

  /** For what the counters tell apart. */
  enum Category {
    INTEGER(0),
    FLOAT(1),
    CONVERSION(2),
    MEMORY(3),
    CONTROL(4),
    WARP(5),
    MATRIX(6);

    /** Its place in an array of counters. */
    final int index;

    Category(int index) {
      this.index = index;
    }
  }

  int line;
  String opcode = "";
  Category category = Category.INTEGER;

  /** Predicate register that must hold; -1: none. */
  int guard = -1;

  boolean guardNegated;

  /** Whether its accesses may meet others of their kind. */
  boolean atomic;

  int[] reads = NONE;
  int[] writes = NONE;
  int[] readsPredicates = NONE;
  int[] writesPredicates = NONE;

  /** Does it for the lanes of the mask, which has one at least. */
  abstract void run(Warp warp, int mask);

  Op reads(int... registers) {
    reads = with(reads, registers);
    return this;
  }

  Op writes(int... registers) {
    writes = with(writes, registers);
    return this;
  }

  Op readsPredicates(int... registers) {
    readsPredicates = with(readsPredicates, registers);
    return this;
  }

  Op writesPredicates(int... registers) {
    writesPredicates = with(writesPredicates, registers);
    return this;
  }

  Op category(Category of) {
    category = of;
    return this;
  }

  private static int[] with(int[] known, int[] more) {
    int[] all = Arrays.copyOf(known, known.length + more.length);
    System.arraycopy(more, 0, all, known.length, more.length);
    return all;
  }

  PtxException fault(Warp warp, int lane, String what) {
    return new PtxException(line, opcode + ": " + what + "; " + warp.thread(lane));
  }
}
