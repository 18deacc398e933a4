package dev.weft.nn.checkpoint;

import java.util.List;

/**
 * Where a checkpoint keeps a parameter: from the parameter's own name to one stored name, or to
 * several whose tensors stand one below the other along the first axis. So a fused {@code
 * queryKeyValue.weight} is read from, and written to, the three tensors of a Hugging Face folder.
 */
@FunctionalInterface
public interface Naming {

  /** The stored names of a parameter, at least one. */
  List<String> stored(String parameter);

  /** Stored under its own name. */
  static Naming own() {
    return List::of;
  }
}
