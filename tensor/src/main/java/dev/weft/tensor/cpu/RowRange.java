package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;
import java.util.function.IntConsumer;

/** The rows of a tensor [..., n], shared among the threads. */
final class RowRange {
  private RowRange() {}

  static int count(Tensor x) {
    return x.shape().with(-1, 1).numel();
  }

  /** Runs {@code body} with ranges of rows; rows of no elements count too. */
  static void forEachRange(Tensor x, Threads.Range body) {
    int grain = Math.max(1, Walk.GRAIN / Math.max(1, x.dim(-1)));
    Threads.forRange(count(x), grain, body);
  }

  /** Runs {@code body} with the number of every row; rows of no elements count too. */
  static void forEach(Tensor x, IntConsumer body) {
    forEachRange(
        x,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            body.accept(row);
          }
        });
  }
}
