package dev.weft.tensor;

import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;

/**
 * A matrix [rows, columns] that lies elsewhere, such as in a file, and is read a part of a row at a
 * time when it is wanted. Threads may read at the same time.
 */
public interface RowSource {

  /** Element type: a floating-point one. */
  DType dtype();

  /** Number of rows. */
  int rows();

  /** Elements of a row. */
  int columns();

  /**
   * Reads {@code n} elements of a row, from {@code column} on.
   *
   * @param to an array of {@link #dtype}, as {@link HeapStorage} has it
   */
  void read(int row, int column, int n, Object to, int at);

  /** Says that {@code count} rows from {@code row} on will not be read soon. */
  default void forget(int row, int count) {}

  /**
   * Some rows in memory of their own, [count, columns].
   *
   * @throws TensorException if there are no such rows
   */
  default Tensor load(int row, int count) {
    if (row < 0 || count < 0 || row > rows() - count) {
      throw new TensorException(
          "rows %d to %d are outside a table of %d rows".formatted(row, row + count, rows()));
    }
    Tensor out = Tensor.empty(dtype(), Shape.of(count, columns()), Device.CPU);
    Object array = ((HeapStorage) out.storage()).array();
    for (int i = 0; i < count; i++) {
      read(row + i, 0, columns(), array, i * columns());
    }
    return out;
  }

  /** All of it in memory of its own. */
  default Tensor load() {
    return load(0, rows());
  }

  /** Rows by index [...] (I32 or I64): [..., columns], like {@link Ops#gather}. */
  default Tensor gather(Tensor indices) {
    long[] wanted = indices.toLongs();
    Tensor out = Tensor.empty(dtype(), Shape.of(wanted.length, columns()), Device.CPU);
    Object array = ((HeapStorage) out.storage()).array();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] < 0 || wanted[i] >= rows()) {
        throw new TensorException(
            "gather: index " + wanted[i] + " is outside a table of " + rows() + " rows");
      }
      read((int) wanted[i], 0, columns(), array, i * columns());
    }
    int[] dims = Arrays.copyOf(indices.shape().dims(), indices.rank() + 1);
    dims[indices.rank()] = columns();
    return out.reshape(dims);
  }
}
