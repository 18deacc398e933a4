package dev.weft.autograd.op;

import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.cpu.HeapStorage;

/** One chosen element of each row [..., n] of a contiguous tensor. */
final class RowElements {
  private RowElements() {}

  /**
   * Numbers {@code row · n + chosen[row]} for use with a [rows · n, 1] view.
   *
   * @param op the operation's name, for the error
   * @param chosen a column for each row, I32 or I64
   * @param rows [..., n]
   * @return [rows], I32, on the device of the rows
   */
  static Tensor positions(String op, Tensor chosen, Tensor rows) {
    int n = rows.dim(-1);
    int[] positions = columns(op, chosen, n);
    for (int row = 0; row < positions.length; row++) {
      positions[row] += row * n;
    }
    return of(positions, rows.device());
  }

  /** The chosen column of each row, checked to be one of {@code n}. */
  static int[] columns(String op, Tensor chosen, int n) {
    long[] columns = chosen.toLongs();
    int[] result = new int[columns.length];
    for (int row = 0; row < columns.length; row++) {
      if (columns[row] < 0 || columns[row] >= n) {
        throw new TensorException(
            op + ": index " + columns[row] + " of row " + row + " is not in [0, " + n + ")");
      }
      result[row] = (int) columns[row];
    }
    return result;
  }

  /**
   * The same as I32 [rows] on a device. Where they are there already, it is for the primitive that
   * reads them to see whether they are right: to ask here would be to wait.
   */
  static Tensor columns(String op, Tensor chosen, int n, Device device) {
    return device.equals(chosen.device()) && !device.equals(Device.CPU)
        ? Ops.contiguous(Ops.cast(chosen, DType.I32))
        : of(columns(op, chosen, n), device);
  }

  /** Numbers on a device, I32. */
  static Tensor of(int[] numbers, Device device) {
    Tensor result = Tensor.empty(DType.I32, Shape.of(numbers.length), device);
    Backends.of(device).upload(HeapStorage.of(DType.I32, numbers), result);
    return result;
  }

  /** Adds to the elements at {@link #positions} of a tensor that the caller owns. */
  static void add(Tensor rows, Tensor positions, Tensor terms) {
    Ops.scatterAdd(rows.reshape(-1, 1), positions, terms.reshape(-1, 1));
  }
}
