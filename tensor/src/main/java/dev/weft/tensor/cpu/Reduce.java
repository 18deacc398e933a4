package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;

/**
 * Folds along axes. Seen as [outer, folded, inner], where a row-major tensor allows it, and as a
 * copy [kept, folded, 1] where not. The folded axis is cut into strands of a fixed size, each
 * strand is folded by one thread, and the strands' results are folded in order: the bits depend on
 * the shape only, and rounding grows with a strand, not with the whole.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Reduce<A> {
  /** Elements of a strand. */
  private static final int STRAND = 1 << 15;

  /** Rows of a strand at least, however long they are: each round must leave fewer. */
  private static final int SHORTEST = 16;

  /** Columns that one thread adds up at a time: they stay in the L1 cache. */
  private static final int COLUMNS = 1 << 12;

  private final FoldLoops<A> folds;
  private final ElementLoops<A> elements;

  Reduce(Loops<A> loops) {
    this.folds = loops.folds();
    this.elements = loops.elements();
  }

  void reduce(ReduceOp op, Tensor x, Tensor out) {
    if (x.numel() == 0) {
      Copy.fill(out, identity(op));
      return;
    }
    Axes axes = Axes.of(x, out);
    Tensor ordered = axes.isSandwich && x.isContiguous() ? x : x.permute(axes.keptFirst);
    int inner = ordered == x ? axes.inner : 1;
    int folded = x.numel() / out.numel();
    try (Dense dense = Dense.of(ordered)) {
      foldStrands(op, dense.tensor().reshape(out.numel() / inner, folded, inner), out);
    }
  }

  /** How an operand's axes fall into kept and folded ones. */
  private record Axes(boolean isSandwich, int inner, int[] keptFirst) {
    static Axes of(Tensor x, Tensor out) {
      int[] keptFirst = new int[x.rank()];
      int placed = 0;
      int inner = 1;
      int changes = 0;
      boolean wasFolded = false;
      for (int axis = 0; axis < x.rank(); axis++) {
        boolean folded = isFolded(x, out, axis);
        if (!folded) {
          keptFirst[placed++] = axis;
        }
        if (x.dim(axis) == 1) {
          continue;
        }
        changes += folded != wasFolded ? 1 : 0;
        inner = folded ? 1 : inner * x.dim(axis);
        wasFolded = folded;
      }
      for (int axis = 0; axis < x.rank(); axis++) {
        if (isFolded(x, out, axis)) {
          keptFirst[placed++] = axis;
        }
      }
      // Nothing folded at all: every element is a result of its own.
      return new Axes(changes <= 2, changes == 0 ? 1 : inner, keptFirst);
    }

    private static boolean isFolded(Tensor x, Tensor out, int axis) {
      return out.dim(axis) == 1 && x.dim(axis) != 1;
    }
  }

  /** Folds the middle axis of a row-major [outer, folded, inner]. */
  private void foldStrands(ReduceOp op, Tensor x, Tensor out) {
    int outer = x.dim(0);
    int folded = x.dim(1);
    int inner = x.dim(2);
    int extent = Math.max(SHORTEST, STRAND / inner);
    int strands = (folded + extent - 1) / extent;
    if (strands == 1) {
      foldStrand(op, x, folded, out);
      return;
    }
    try (Dense partial = Dense.temporary(x.dtype(), Shape.of(outer, strands, inner))) {
      foldStrand(op, x, extent, partial.tensor());
      foldStrands(op, partial.tensor(), out);
    }
  }

  /**
   * Folds every {@code extent} neighbours of the middle axis: out is [outer, strands, inner]. Long
   * rows are cut, so that the threads have something to share where there are few strands.
   */
  private void foldStrand(ReduceOp op, Tensor x, int extent, Tensor out) {
    int folded = x.dim(1);
    int inner = x.dim(2);
    int strands = (folded + extent - 1) / extent;
    int columns = Math.min(inner, COLUMNS);
    int cuts = (inner + columns - 1) / columns;
    A from = Dense.array(x);
    A to = Dense.array(out);
    Threads.forRange(
        x.dim(0) * strands * cuts,
        Math.max(1, Walk.GRAIN / (extent * columns)),
        (first, last) -> {
          for (int i = first; i < last; i++) {
            int strand = i / cuts;
            int column = i % cuts * columns;
            int row = strand % strands * extent;
            int rows = Math.min(extent, folded - row);
            int at = x.offset() + (strand / strands * folded + row) * inner + column;
            int toAt = out.offset() + strand * inner + column;
            if (inner == 1) {
              elements.fill(folds.fold(op, from, at, rows), to, toAt, 1);
            } else {
              addUp(op, from, at, rows, inner, Math.min(columns, inner - column), to, toAt);
            }
          }
        });
  }

  private void addUp(
      ReduceOp op, A from, int at, int rows, int stride, int columns, A to, int toAt) {
    System.arraycopy(from, at, to, toAt, columns);
    for (int row = 1; row < rows; row++) {
      elements.binary(combining(op), to, toAt, from, at + row * stride, to, toAt, columns);
    }
  }

  private static BinaryOp combining(ReduceOp op) {
    return switch (op) {
      case SUM -> BinaryOp.ADD;
      case MAX -> BinaryOp.MAXIMUM;
      case MIN -> BinaryOp.MINIMUM;
    };
  }

  private static double identity(ReduceOp op) {
    return switch (op) {
      case SUM -> 0;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
  }
}
