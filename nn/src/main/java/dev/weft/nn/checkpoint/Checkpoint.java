package dev.weft.nn.checkpoint;

import dev.weft.tensor.Tensor;
import java.util.Map;

/** Named tensors in a file, read one at a time. May be used by several threads until closed. */
public interface Checkpoint extends AutoCloseable {

  /** Free text that the file carries about itself; may be empty. */
  Map<String, String> metadata();

  /** What the file holds, by name, in the file's order. */
  Map<String, TensorInfo> tensors();

  /**
   * Reads a tensor into memory of its own, in its stored type.
   *
   * @throws CheckpointException if there is none of that name
   */
  Tensor load(String name);

  @Override
  void close();
}
