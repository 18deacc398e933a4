package dev.weft.autograd.optim;

import dev.weft.autograd.Variable;
import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An optimiser's tensors by {@code parameter.kind}, made when first asked for. */
final class Slots {
  /** The kind that counts a parameter's updates: I64, [1]. */
  static final String STEP = "step";

  private final Map<String, Variable> parameters;
  private final List<String> kinds;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * No tensors yet.
   *
   * @param parameters by name
   * @param kinds of tensors that a parameter may have here
   */
  Slots(Map<String, Variable> parameters, List<String> kinds) {
    for (Map.Entry<String, Variable> entry : parameters.entrySet()) {
      if (!entry.getValue().value().isContiguous() || entry.getValue().node() != null) {
        throw new TensorException(
            "optimizer: " + entry.getKey() + " must be a contiguous leaf, to be updated in place");
      }
    }
    this.parameters = new LinkedHashMap<>(parameters);
    this.kinds = List.copyOf(kinds);
  }

  Map<String, Variable> parameters() {
    return parameters;
  }

  boolean has(String parameter, String kind) {
    return tensors.containsKey(parameter + "." + kind);
  }

  /** The tensor of a parameter's shape; zeros if it is new. */
  Tensor get(String parameter, String kind) {
    return tensors.computeIfAbsent(parameter + "." + kind, name -> zeros(parameter, kind));
  }

  /** Memory that no scope recycles. */
  private Tensor zeros(String parameter, String kind) {
    // Steps are counted on the host, whatever device the parameter is on.
    Device device = kind.equals(STEP) ? Device.CPU : parameters.get(parameter).value().device();
    Shape shape = shape(parameter, kind);
    Backend backend = Backends.of(device);
    Tensor zeros =
        Tensor.over(backend.allocate(dtype(parameter, kind), shape.numel(), false), shape, 0);
    backend.fill(zeros, 0);
    return zeros;
  }

  /** Counts one more update of a parameter: its number, from 1. */
  long nextStep(String parameter) {
    long[] count = ((HeapStorage) get(parameter, STEP).storage()).longs();
    return ++count[0];
  }

  void zeroGrad() {
    parameters.values().forEach(Variable::clearGrad);
  }

  Map<String, Tensor> all() {
    return new LinkedHashMap<>(tensors);
  }

  void load(Map<String, Tensor> state) {
    state.forEach(this::checkFits);
    tensors.clear();
    for (Map.Entry<String, Tensor> entry : state.entrySet()) {
      String parameter = parameterOf(entry.getKey());
      Tensor own = get(parameter, entry.getKey().substring(parameter.length() + 1));
      Ops.copyInto(own, entry.getValue());
    }
  }

  private void checkFits(String name, Tensor tensor) {
    String parameter = parameterOf(name);
    String kind = parameter == null ? "" : name.substring(parameter.length() + 1);
    if (!kinds.contains(kind)) {
      throw new TensorException(
          "optimizer state: " + name + " belongs to no parameter here; kinds are " + kinds);
    }
    Shape shape = shape(parameter, kind);
    if (!tensor.shape().equals(shape) || tensor.dtype() != dtype(parameter, kind)) {
      throw new TensorException(
          "optimizer state: "
              + name
              + " is "
              + tensor
              + "; it must be "
              + dtype(parameter, kind)
              + shape);
    }
  }

  /** The parameter whose name comes before the last point, or null. */
  private String parameterOf(String name) {
    int point = name.lastIndexOf('.');
    String parameter = point < 0 ? name : name.substring(0, point);
    return parameters.containsKey(parameter) ? parameter : null;
  }

  private Shape shape(String parameter, String kind) {
    return kind.equals(STEP) ? Shape.of(1) : parameters.get(parameter).shape();
  }

  private DType dtype(String parameter, String kind) {
    return kind.equals(STEP) ? DType.I64 : parameters.get(parameter).dtype();
  }
}
