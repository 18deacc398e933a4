package dev.weft.tensor.cpu;

import dev.weft.tensor.Contrast;
import dev.weft.tensor.Contrast.Duplicates;
import dev.weft.tensor.ReduceOp;
import dev.weft.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link dev.weft.tensor.Backend#contrast} and its gradient: the few pairs that do not count are
 * written over, then a row is gone over as if all did. Row-major [P n, Q n] is [P n Q, n]: {@code
 * line} counts the latter's rows.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class ContrastKernels<A> {
  private final ElementLoops<A> elements;
  private final FoldLoops<A> folds;
  private final RowLoops<A> rows;

  ContrastKernels(Loops<A> loops) {
    this.elements = loops.elements();
    this.folds = loops.folds();
    this.rows = loops.rows();
  }

  void logSumExp(Tensor logits, Contrast rule, Tensor out) {
    Pairs pairs = new Pairs(logits, rule);
    double duplicate = rule.duplicates() == Duplicates.ZEROED ? 0 : Double.NEGATIVE_INFINITY;
    A x = Dense.array(logits);
    A to = Dense.array(out);
    int n = rule.count();
    RowRange.forEach(
        pairs.lines(logits),
        line -> {
          int at = logits.offset() + line * n;
          overwrite(pairs, line, x, at, Double.NEGATIVE_INFINITY, duplicate);
          elements.fill(logSumExp(x, at, n), to, out.offset() + line, 1);
        });
  }

  private double logSumExp(A x, int at, int n) {
    double max = folds.fold(ReduceOp.MAX, x, at, n);
    return Double.isInfinite(max) ? max : max + Math.log(rows.sumExpShifted(x, at, max, n));
  }

  void backward(Tensor logits, Contrast rule, Tensor logSumExp, Tensor gradOutput) {
    Pairs pairs = new Pairs(logits, rule);
    A x = Dense.array(logits);
    HeapStorage y = (HeapStorage) logSumExp.storage();
    HeapStorage g = (HeapStorage) gradOutput.storage();
    int n = rule.count();
    RowRange.forEach(
        pairs.lines(logits),
        line -> {
          int at = logits.offset() + line * n;
          double sum = y.get(logSumExp.offset() + line);
          if (sum == Double.NEGATIVE_INFINITY) {
            elements.fill(0, x, at, n);
            return;
          }
          rows.expShifted(x, at, sum, x, at, n);
          overwrite(pairs, line, x, at, 0, 0);
          elements.scale(x, at, g.get(gradOutput.offset() + line), x, at, n);
        });
  }

  private void overwrite(Pairs pairs, int line, A x, int at, double self, double duplicate) {
    int own = pairs.selfIn(line);
    if (own >= 0) {
      elements.fill(self, x, at + own, 1);
    }
    int thing = pairs.thingOf(line);
    for (int place = pairs.firstOf(thing); place < pairs.endOf(thing); place++) {
      if (pairs.atPlace(place) != thing) {
        elements.fill(duplicate, x, at + pairs.atPlace(place), 1);
      }
    }
  }

  /** Who is whose duplicate: the things in the order of their keys, so that equal ones follow. */
  private static final class Pairs {
    private final int n;
    private final int blocks;
    private final boolean withoutSelf;
    private final int[] sorted;
    private final int[] first;
    private final int[] end;

    Pairs(Tensor logits, Contrast rule) {
      this.n = rule.count();
      this.blocks = logits.dim(1) / n;
      this.withoutSelf = rule.withoutSelf();
      this.sorted = new int[n];
      this.first = new int[n];
      this.end = new int[n];
      if (rule.duplicates() != Duplicates.KEPT) {
        find(rule.keys().toInts());
      }
    }

    private void find(int[] keys) {
      long[] order = new long[n];
      Arrays.setAll(order, i -> ((long) keys[i] << Integer.SIZE) | i);
      Arrays.sort(order);
      Arrays.setAll(sorted, place -> (int) order[place]);
      for (int from = 0; from < n; ) {
        int to = from + 1;
        while (to < n && keys[sorted[to]] == keys[sorted[from]]) {
          to++;
        }
        for (int place = from; place < to; place++) {
          first[sorted[place]] = from;
          end[sorted[place]] = to;
        }
        from = to;
      }
    }

    Tensor lines(Tensor logits) {
      return logits.reshape(logits.dim(0) * blocks, n);
    }

    int thingOf(int line) {
      return line / blocks % n;
    }

    /** Where in a line a vector meets itself; -1: nowhere, or it may. */
    int selfIn(int line) {
      int column = line / blocks - line % blocks * n;
      return withoutSelf && column >= 0 && column < n ? column : -1;
    }

    int firstOf(int thing) {
      return first[thing];
    }

    int endOf(int thing) {
      return end[thing];
    }

    int atPlace(int place) {
      return sorted[place];
    }
  }
}
