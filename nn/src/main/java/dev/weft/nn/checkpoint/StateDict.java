package dev.weft.nn.checkpoint;

import dev.weft.nn.checkpoint.PickleValue.Dict;
import dev.weft.nn.checkpoint.PickleValue.Fields;
import dev.weft.nn.checkpoint.PickleValue.TensorRef;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The named tensors among all that a file holds. A file made by {@code torch.save} holds either a
 * state dict, a dict from names to tensors, or a training run's dict that has one under {@code
 * state_dict}, {@code model_state_dict}, {@code model} or {@code module}, maybe one in the other.
 * What stands beside the tensors (an epoch, an optimiser) is left out. A compiled module's tensors
 * are named by the path of fields to them.
 *
 * @param tensors by name
 * @param path the keys under which they were found, joined by dots; empty at the top
 */
record StateDict(Map<String, TensorRef> tensors, String path) {
  private static final List<String> NESTED =
      List.of("state_dict", "model_state_dict", "model", "module");

  /** Modules inside modules in a compiled one. */
  private static final int DEEPEST = 64;

  /** Finds them; {@code source} is for errors. */
  static StateDict in(Object root, String source) {
    if (root instanceof Fields module) {
      Map<String, TensorRef> tensors = new LinkedHashMap<>();
      collect(module, "", new IdentityHashMap<>(), tensors, 0, source);
      return new StateDict(tensors, "");
    }
    String path = "";
    Object inner = root;
    for (int depth = 0; depth < 4 && inner instanceof Dict dict; depth++) {
      String key = nestedKey(dict);
      if (key == null) {
        return flat(dict, path, source);
      }
      inner = dict.entries.get(key);
      path = path.isEmpty() ? key : path + "." + key;
    }
    throw new CheckpointException(
        source + ": holds no dict of tensors; save one: torch.save(model.state_dict(), file)");
  }

  private static String nestedKey(Dict dict) {
    for (String key : NESTED) {
      if (dict.entries.get(key) instanceof Dict) {
        return key;
      }
    }
    return null;
  }

  private static StateDict flat(Dict dict, String path, String source) {
    Map<String, TensorRef> tensors = new LinkedHashMap<>();
    dict.entries.forEach(
        (name, value) -> {
          if (name instanceof String text && value instanceof TensorRef tensor) {
            tensors.put(text, tensor);
          }
        });
    if (tensors.isEmpty() && !dict.entries.isEmpty()) {
      List<String> keys = dict.entries.keySet().stream().map(k -> Quoted.of(k.toString())).toList();
      throw new CheckpointException(
          source + ": holds no tensors but a dict of " + Listed.some(keys));
    }
    return new StateDict(tensors, path);
  }

  private static void collect(
      Fields module,
      String prefix,
      IdentityHashMap<Fields, Boolean> seen,
      Map<String, TensorRef> tensors,
      int depth,
      String source) {
    if (depth > DEEPEST) {
      throw new CheckpointException(source + ": modules in modules, over " + DEEPEST + " deep");
    }
    // One module in two places is listed once, which also ends one that contains itself.
    if (seen.put(module, true) != null) {
      return;
    }
    module.values.forEach(
        (name, value) -> {
          if (value instanceof TensorRef tensor) {
            tensors.put(prefix + name, tensor);
          } else if (value instanceof Fields part) {
            collect(part, prefix + name + ".", seen, tensors, depth + 1, source);
          }
        });
  }
}
