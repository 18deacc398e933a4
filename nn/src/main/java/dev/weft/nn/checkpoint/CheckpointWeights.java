package dev.weft.nn.checkpoint;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parameters read from a {@link Checkpoint} and converted to one element type. What is missing or
 * has another shape is noted and read as zeros; call {@link #verify} once the module stands, so
 * that one error tells of all of it.
 */
public final class CheckpointWeights implements Weights {
  private static final System.Logger LOG = System.getLogger(CheckpointWeights.class.getName());

  private final Checkpoint checkpoint;
  private final String source;
  private final DType dtype;
  private final Naming naming;
  private final boolean keepsHalf;
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> misshapen = new ArrayList<>();

  /** Weights of {@code checkpoint} under their own names; {@code source} names it in errors. */
  public CheckpointWeights(Checkpoint checkpoint, String source, DType dtype) {
    this(checkpoint, source, dtype, Naming.own());
  }

  /** The same under other names. */
  public CheckpointWeights(Checkpoint checkpoint, String source, DType dtype, Naming naming) {
    this(checkpoint, source, dtype, naming, false);
  }

  private CheckpointWeights(
      Checkpoint checkpoint, String source, DType dtype, Naming naming, boolean keepsHalf) {
    this.checkpoint = checkpoint;
    this.source = source;
    this.dtype = dtype;
    this.naming = naming;
    this.keepsHalf = keepsHalf;
  }

  /**
   * The same weights, of which matrices (two axes and more) stored in half precision, F16 or BF16,
   * stay as they are: half the memory, for who multiplies with them as they lie. Vectors, which are
   * small, are converted. What stays in half precision is a constant: it cannot be trained.
   */
  public CheckpointWeights keepingHalf() {
    return new CheckpointWeights(checkpoint, source, dtype, naming, true);
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Variable parameter(String name, Init init, int... dims) {
    Tensor value = read(naming.stored(name), naming.isTransposed(name), Shape.of(dims));
    return value.dtype().isComputable() ? Variable.parameter(value) : Variable.of(value);
  }

  private Tensor read(List<String> names, boolean transposed, Shape shape) {
    asked.addAll(names);
    // A missing part is a fault of its own and says nothing about the shape of the others.
    boolean complete = true;
    for (String name : names) {
      complete &= isUsable(name);
    }
    Shape expected = transposed ? Shape.of(shape.dim(1), shape.dim(0)) : shape;
    boolean fits = complete && hasShape(names, expected);
    Tensor whole = StoredType.zeros(fits ? typeOf(names, shape) : dtype, expected);
    if (!fits) {
      return transposed ? turned(whole) : whole;
    }
    Tensor row = whole.reshape(-1);
    int part = row.numel() / names.size();
    for (int i = 0; i < names.size(); i++) {
      checkpoint.loadInto(names.get(i), row.slice(0, i * part, (i + 1) * part));
    }
    return transposed ? turned(whole) : whole;
  }

  private static Tensor turned(Tensor matrix) {
    try (var _ = Scope.open()) {
      return Scope.detach(Ops.copy(matrix.transpose(0, 1)));
    }
  }

  private DType typeOf(List<String> names, Shape shape) {
    Set<DType> stored = new LinkedHashSet<>();
    names.forEach(name -> stored.add(checkpoint.tensors().get(name).dtype()));
    boolean isHalf = stored.equals(Set.of(DType.F16)) || stored.equals(Set.of(DType.BF16));
    return keepsHalf && isHalf && shape.rank() > 1 ? stored.iterator().next() : dtype;
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
    rest.removeAll(asked);
    return rest;
  }

  /** As {@link #verify(Predicate)}, where nothing that is left over is usual. */
  public void verify() {
    verify(_ -> false);
  }

  /**
   * Fails unless everything that was asked for was there in its shape. What was not asked for is
   * logged, on one line: as a warning, unless all of it is usual.
   *
   * @param usual what such a checkpoint may well hold beside: heads, buffers
   * @throws CheckpointException one line that names the source, and the first of the tensors that
   *     are missing, have another shape, and are left over
   */
  public void verify(Predicate<String> usual) {
    List<String> unusual = unexpected().stream().filter(usual.negate()).toList();
    if (!missing.isEmpty() || !misshapen.isEmpty()) {
      List<String> faults = new ArrayList<>();
      addTo(faults, "missing: ", missing);
      addTo(faults, "wrong shape: ", misshapen);
      addTo(faults, "not known: ", unusual);
      throw new CheckpointException(source + ": " + String.join("; ", faults));
    }
    if (!unusual.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> source + ": not needed by this model and left out: " + Listed.some(unusual));
    } else if (!unexpected().isEmpty()) {
      LOG.log(
          System.Logger.Level.DEBUG,
          () -> source + ": left out: " + Listed.some(List.copyOf(unexpected())));
    }
  }

  private static void addTo(List<String> faults, String what, List<String> names) {
    if (!names.isEmpty()) {
      faults.add(what + Listed.some(names));
    }
  }
}
