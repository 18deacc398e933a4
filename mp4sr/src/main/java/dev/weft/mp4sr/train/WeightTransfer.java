package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes parameters over by name from one task to another, such as from pre-training to fine-tuning:
 * what both have is copied, what only the new one has (an item embedding) stays as it was drawn.
 *
 * @param taken names that were copied
 * @param kept names of the target that the source does not have
 * @param unused names of the source that the target does not have
 */
public record WeightTransfer(List<String> taken, List<String> kept, List<String> unused) {
  /** Copies the lists. */
  public WeightTransfer {
    taken = List.copyOf(taken);
    kept = List.copyOf(kept);
    unused = List.copyOf(unused);
  }

  /** From another task's parameters. */
  public static WeightTransfer copy(Map<String, Variable> from, Map<String, Variable> into) {
    return copy(Parameters.values(from), into, "transfer");
  }

  /**
   * From a file such as {@code model.safetensors}; element types are converted.
   *
   * @throws TrainException when the file cannot be read, a shape differs, or no name fits; nothing
   *     has been changed then
   */
  public static WeightTransfer load(Path file, Map<String, Variable> into) {
    return load(file, into, 0);
  }

  /**
   * The same into a task that knows more items: tables of the file that have so many rows fewer get
   * rows of zeros at their end, an embedding that says nothing.
   *
   * @param rows how many items the file's task did not know
   */
  public static WeightTransfer load(Path file, Map<String, Variable> into, int rows) {
    try {
      Map<String, Tensor> from = new LinkedHashMap<>(SafeTensors.read(file));
      from.replaceAll((name, value) -> lengthened(value, into.get(name), rows));
      return copy(from, into, file.toString());
    } catch (CheckpointException e) {
      throw new TrainException(e.getMessage(), e);
    }
  }

  private static Tensor lengthened(Tensor value, Variable target, int rows) {
    boolean isShort =
        rows > 0
            && target != null
            && value.rank() > 0
            && value.shape().with(0, value.dim(0) + rows).equals(target.shape());
    return isShort
        ? Ops.concat(
            List.of(
                value, Tensor.full(value.dtype(), value.shape().with(0, rows), value.device(), 0)),
            0)
        : value;
  }

  private static WeightTransfer copy(
      Map<String, Tensor> from, Map<String, Variable> into, String source) {
    List<String> taken = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (Map.Entry<String, Variable> target : into.entrySet()) {
      Tensor value = from.get(target.getKey());
      (value == null ? kept : taken).add(target.getKey());
      if (value != null && !value.shape().equals(target.getValue().shape())) {
        throw new TrainException(
            "%s: %s is %s; the model's is %s"
                .formatted(source, target.getKey(), value.shape(), target.getValue().shape()));
      }
    }
    if (taken.isEmpty()) {
      throw new TrainException(
          source + ": has none of the model's parameters; it is of another kind of model");
    }
    taken.forEach(name -> Ops.copyInto(into.get(name).value(), from.get(name)));
    return new WeightTransfer(
        taken, kept, from.keySet().stream().filter(name -> !into.containsKey(name)).toList());
  }
}
