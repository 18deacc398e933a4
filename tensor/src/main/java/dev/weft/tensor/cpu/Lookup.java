package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/** Rows by index: gather, and scatter-add in the order of the indices. */
final class Lookup {
  private Lookup() {}

  static void gather(Tensor table, Tensor indices, Tensor out) {
    int width = table.dim(1);
    int[] rows = rows("gather", indices, table.dim(0));
    Object from = Dense.array(table);
    Object to = Dense.array(out);
    Threads.forRange(
        width == 0 ? 0 : rows.length,
        Math.max(1, Walk.GRAIN / Math.max(1, width)),
        (first, last) -> {
          for (int i = first; i < last; i++) {
            int at = table.offset() + rows[i] * table.stride(0);
            int target = out.offset() + i * width;
            Runs.same(table.dtype(), from, at, table.stride(1), to, target, 1, width);
          }
        });
  }

  /**
   * Each task owns a range of out's rows and goes through all indices, so that every row receives
   * its terms in their order without a lock.
   */
  static <A> void scatterAdd(ElementLoops<A> loops, Tensor indices, Tensor source, Tensor out) {
    int width = out.dim(1);
    int[] rows = rows("scatterAdd", indices, out.dim(0));
    int owners = source.numel() < Walk.GRAIN ? 1 : Threads.count();
    int owned = (out.dim(0) + owners - 1) / owners;
    A to = Dense.array(out);
    try (Dense dense = Dense.of(source)) {
      A from = dense.array();
      Threads.run(
          owners,
          owner -> {
            for (int i = 0; i < rows.length; i++) {
              if (rows[i] / owned == owner) {
                int at = out.offset() + rows[i] * width;
                loops.binary(BinaryOp.ADD, to, at, from, dense.at() + i * width, to, at, width);
              }
            }
          });
    }
  }

  /** The indices in row-major order, each checked. */
  private static int[] rows(String op, Tensor indices, int count) {
    int[] rows = new int[indices.numel()];
    try (Dense dense = Dense.of(indices)) {
      HeapStorage storage = (HeapStorage) dense.tensor().storage();
      for (int i = 0; i < rows.length; i++) {
        rows[i] = checkedRow(op, storage.getLong(dense.at() + i), count);
      }
    }
    return rows;
  }

  /** The index as an int, or a clear refusal if there is no such row. */
  static int checkedRow(String op, long index, int rows) {
    if (index < 0 || index >= rows) {
      throw new TensorException(
          op + ": index " + index + " is outside a table of " + rows + " rows");
    }
    return (int) index;
  }
}
