package dev.weft.nn.checkpoint;

import dev.weft.tensor.Ops;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Tensor;
import java.util.Map;

/** Named tensors in a file, read one at a time. May be used by several threads until closed. */
public interface Checkpoint extends AutoCloseable {

  /** What it is called in errors: a file's path. */
  String source();

  /** Free text that the file carries about itself; may be empty. */
  Map<String, String> metadata();

  /** What the file holds, by name, in the file's order. */
  Map<String, TensorInfo> tensors();

  /**
   * Reads a tensor into memory of its own, in the type that {@link TensorInfo#dtype} says.
   *
   * @throws CheckpointException if there is none of that name
   */
  Tensor load(String name);

  /**
   * Reads a tensor's elements, row-major and converted, into memory that is there.
   *
   * @param target row-major on the CPU, with as many elements; their shapes may differ
   * @throws CheckpointException as {@link #load}
   */
  default void loadInto(String name, Tensor target) {
    Ops.copyInto(target, load(name).reshape(target.shape().dims()));
  }

  /**
   * A tensor as a matrix whose rows are read when they are wanted, for as long as this is open;
   * null where the file does not hold it in a form that allows that.
   *
   * @param columns divides the number of elements
   * @throws CheckpointException as {@link #load}
   */
  default RowSource rows(String name, int columns) {
    return null;
  }

  @Override
  void close();
}
