package dev.weft.nn.checkpoint;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a checkpoint keeps a parameter: from the parameter's own name to one stored name, or to
 * several whose tensors stand one below the other along the first axis. So a fused {@code
 * queryKeyValue.weight} is read from, and written to, the three tensors of a Hugging Face folder.
 */
@FunctionalInterface
public interface Naming {

  /** The stored names of a parameter, at least one. */
  List<String> stored(String parameter);

  /** Whether a parameter, a matrix, is stored with its axes exchanged. */
  default boolean isTransposed(String parameter) {
    return false;
  }

  /** Stored under its own name. */
  static Naming own() {
    return List::of;
  }

  /**
   * The tensors to store for these parameters, by stored name; views of the parameters' values. A
   * parameter with several stored names is cut into equal parts along its first axis.
   */
  default Map<String, Tensor> toStored(Map<String, Variable> parameters) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters.forEach(
        (parameter, variable) -> {
          List<String> names = stored(parameter);
          Tensor whole = variable.value();
          if (names.size() == 1) {
            boolean turned = isTransposed(parameter);
            tensors.put(names.getFirst(), turned ? whole.transpose(0, 1) : whole);
            return;
          }
          int rows = whole.dim(0) / names.size();
          for (int i = 0; i < names.size(); i++) {
            tensors.put(names.get(i), whole.slice(0, i * rows, (i + 1) * rows));
          }
        });
    return tensors;
  }
}
