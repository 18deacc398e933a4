package dev.weft.nn.checkpoint;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Parameters read from a {@link Checkpoint} and converted to one element type. What is missing or
 * has another shape is noted and read as zeros; call {@link #verify} once the module stands, so
 * that one error tells of all of it.
 */
public final class CheckpointWeights implements Weights {
  private final Checkpoint checkpoint;
  private final String source;
  private final DType dtype;
  private final Naming naming;
  private final Set<String> read = new LinkedHashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> misshapen = new ArrayList<>();

  /** Weights of {@code checkpoint} under their own names; {@code source} names it in errors. */
  public CheckpointWeights(Checkpoint checkpoint, String source, DType dtype) {
    this(checkpoint, source, dtype, Naming.own());
  }

  /** The same under other names. */
  public CheckpointWeights(Checkpoint checkpoint, String source, DType dtype, Naming naming) {
    this.checkpoint = checkpoint;
    this.source = source;
    this.dtype = dtype;
    this.naming = naming;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Variable parameter(String name, Init init, int... dims) {
    Tensor value;
    try (var _ = Scope.open()) {
      value = Scope.detach(read(naming.stored(name), Shape.of(dims)));
    }
    return Variable.parameter(value);
  }

  private Tensor read(List<String> names, Shape shape) {
    // A missing part is a fault of its own and says nothing about the shape of the others.
    boolean complete = true;
    for (String name : names) {
      complete &= isUsable(name);
    }
    if (!complete || !hasShape(names, shape)) {
      return Tensor.full(dtype, shape, Device.CPU, 0);
    }
    read.addAll(names);
    List<Tensor> parts = new ArrayList<>();
    for (String name : names) {
      Tensor stored = checkpoint.load(name);
      parts.add(Ops.cast(stored, dtype));
    }
    Tensor whole = parts.size() == 1 ? parts.getFirst() : Ops.concat(parts, 0);
    return whole.reshape(shape.dims());
  }

  private boolean isUsable(String name) {
    TensorInfo info = checkpoint.tensors().get(name);
    if (info == null) {
      missing.add(name);
      return false;
    }
    if (!info.dtype().isFloatingPoint()) {
      throw new CheckpointException(
          source + ": " + name + " is " + info + "; a weight must be F16, BF16, F32 or F64");
    }
    return true;
  }

  private boolean hasShape(List<String> names, Shape shape) {
    boolean fits = true;
    for (String name : names) {
      Shape stored = checkpoint.tensors().get(name).shape();
      if (!isPart(stored, shape, names.size())) {
        String part = names.size() == 1 ? "" : "one of " + names.size() + " parts of ";
        misshapen.add(name + " is " + stored + ", expected " + part + shape);
        fits = false;
      }
    }
    return fits;
  }

  /** Whether {@code parts} tensors of the stored shape fill {@code whole}, row below row. */
  private static boolean isPart(Shape stored, Shape whole, int parts) {
    if (parts == 1) {
      return stored.equals(whole);
    }
    boolean sameRows = whole.rank() == 1 || (stored.rank() > 0 && stored.dim(-1) == whole.dim(-1));
    return sameRows && (long) stored.numel() * parts == whole.numel();
  }

  /** Stored names that were asked for and are not there. */
  public List<String> missing() {
    return List.copyOf(missing);
  }

  /** Stored names whose shape is another, each with both shapes. */
  public List<String> misshapen() {
    return List.copyOf(misshapen);
  }

  /** What the checkpoint holds and nobody asked for. */
  public Set<String> unexpected() {
    Set<String> rest = new LinkedHashSet<>(checkpoint.tensors().keySet());
    rest.removeAll(read);
    return rest;
  }

  /**
   * Fails unless everything that was asked for was there in its shape.
   *
   * @throws CheckpointException one line that names the source and the first tensors concerned
   */
  public void verify() {
    if (!misshapen.isEmpty()) {
      throw new CheckpointException(source + ": wrong shape: " + Listed.some(misshapen));
    }
    if (!missing.isEmpty()) {
      throw new CheckpointException(source + ": missing: " + Listed.some(missing));
    }
  }
}
