package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies of parameters, and the way back. */
final class Parameters {
  private Parameters() {}

  /** The tensors themselves, by name. */
  static Map<String, Tensor> values(Map<String, Variable> parameters) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    parameters.forEach((name, variable) -> values.put(name, variable.value()));
    return values;
  }

  /** Copies that outlive every scope. */
  static Map<String, Tensor> copies(Map<String, Variable> parameters) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    parameters.forEach(
        (name, variable) -> copies.put(name, Scope.detach(Ops.copy(variable.value()))));
    return copies;
  }

  /**
   * Overwrites every parameter, in place.
   *
   * @param source names where the values come from, for the error
   * @throws TrainException when a value is missing, has another shape or type, or belongs to no
   *     parameter; nothing has been changed then
   */
  static void restore(Map<String, Variable> parameters, Map<String, Tensor> values, String source) {
    for (String name : values.keySet()) {
      if (!parameters.containsKey(name)) {
        throw new TrainException(source + ": holds " + name + ", which the model does not have");
      }
    }
    parameters.forEach((name, variable) -> checkFits(name, variable, values.get(name), source));
    parameters.forEach((name, variable) -> Ops.copyInto(variable.value(), values.get(name)));
  }

  private static void checkFits(String name, Variable variable, Tensor value, String source) {
    if (value == null) {
      throw new TrainException(source + ": lacks the model's parameter " + name);
    }
    if (value.dtype() != variable.dtype() || !value.shape().equals(variable.shape())) {
      throw new TrainException(
          source + ": " + name + " is " + value + "; the model's is " + variable.value());
    }
  }
}
