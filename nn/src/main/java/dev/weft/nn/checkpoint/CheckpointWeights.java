package dev.weft.nn.checkpoint;

import dev.weft.autograd.Variable;
import dev.weft.nn.Init;
import dev.weft.nn.Placement;
import dev.weft.nn.Weights;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
  private final boolean areConstant;
  private final boolean areLeft;
  private final Map<String, Tensor> loaded = new HashMap<>();
  private final Map<String, RowSource> sources = new HashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> misshapen = new ArrayList<>();

  /** Weights of {@code checkpoint} under their own names; {@code source} names it in errors. */
  public CheckpointWeights(Checkpoint checkpoint, String source, DType dtype) {
    this(checkpoint, source, dtype, Naming.own());
  }

  /** The same under other names. */
  public CheckpointWeights(Checkpoint checkpoint, String source, DType dtype, Naming naming) {
    this(checkpoint, source, dtype, naming, false, false);
  }

  private CheckpointWeights(
      Checkpoint checkpoint,
      String source,
      DType dtype,
      Naming naming,
      boolean areConstant,
      boolean areLeft) {
    this.checkpoint = checkpoint;
    this.source = source;
    this.dtype = dtype;
    this.naming = naming;
    this.areConstant = areConstant;
    this.areLeft = areLeft;
  }

  /**
   * The same weights for inference only: constants, which layers lay out for their products. Of
   * those, matrices (two axes and more) stored in half precision, F16 or BF16, stay so: half the
   * memory. Vectors, which are small, are converted.
   */
  @Override
  public CheckpointWeights constant() {
    return new CheckpointWeights(checkpoint, source, dtype, naming, true, areLeft);
  }

  /**
   * The same constants, of which matrices are left where they lie until they are wanted, as far as
   * the checkpoint allows ({@link Checkpoint#rows}): it must be open for as long as a module that
   * {@link #create} makes of them is used.
   */
  public CheckpointWeights left() {
    return new CheckpointWeights(checkpoint, source, dtype, naming, true, true);
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public boolean areConstant() {
    return areConstant;
  }

  /**
   * Creates a module and checks it as {@link #verify(Predicate)} does. What it takes is asked of
   * {@code module} before, with parameters that are all zero and take no memory, so that all can
   * then be read by all threads at once.
   *
   * @param module makes the module of weights; called twice, so it must only take parameters
   * @param usual what such a checkpoint may well hold beside
   */
  public <M> M create(Function<Weights, M> module, Predicate<String> usual) {
    List<Wanted> wanted = new ArrayList<>();
    var _ = module.apply(new Wishes(wanted));
    wanted.removeIf(this::leave);
    Tensor[] values = new Tensor[wanted.size()];
    Threads.run(values.length, i -> values[i] = load(wanted.get(i)));
    for (int i = 0; i < values.length; i++) {
      loaded.put(wanted.get(i).name, values[i]);
    }
    M created = module.apply(this);
    verify(usual);
    return created;
  }

  /** Whether a parameter can be left where it lies; then its source is noted. */
  private boolean leave(Wanted wanted) {
    boolean isMatrix = wanted.isThere && wanted.shape.rank() == 2 && !wanted.transposed;
    if (!areLeft || !isMatrix || !Placement.device().equals(Device.CPU)) {
      return false;
    }
    DType kept = typeOf(wanted.stored, wanted.shape);
    List<RowSource> parts = new ArrayList<>();
    for (String part : wanted.stored) {
      RowSource rows =
          checkpoint.tensors().get(part).dtype() == kept
              ? checkpoint.rows(part, wanted.shape.dim(1))
              : null;
      if (rows == null) {
        return false;
      }
      parts.add(rows);
    }
    sources.put(wanted.name, parts.size() == 1 ? parts.getFirst() : new StackedRows(parts));
    return true;
  }

  @Override
  public RowSource stored(String name) {
    return sources.remove(name);
  }

  @Override
  public Variable parameter(String name, Init init, int... dims) {
    Tensor value = loaded.remove(name);
    value = Placement.put(value == null ? load(wanted(name, Shape.of(dims))) : value);
    return areConstant ? Variable.of(value) : Variable.parameter(value);
  }

  /** Weights that note what is asked of them. */
  private final class Wishes implements Weights {
    private final List<Wanted> wanted;

    Wishes(List<Wanted> wanted) {
      this.wanted = wanted;
    }

    @Override
    public Variable parameter(String name, Init init, int... dims) {
      Shape shape = Shape.of(dims);
      wanted.add(wanted(name, shape));
      return Variable.parameter(StoredType.zeros(dtype, Shape.of()).expand(shape));
    }

    @Override
    public DType dtype() {
      return dtype;
    }
  }

  /**
   * A parameter on its way from the checkpoint.
   *
   * @param stored where it lies
   * @param shape of those parts together
   * @param isThere whether all parts are there in their shapes
   */
  private record Wanted(
      String name, List<String> stored, boolean transposed, Shape shape, boolean isThere) {}

  /** Looks a parameter up and notes what is wrong with it. */
  private Wanted wanted(String name, Shape shape) {
    List<String> stored = naming.stored(name);
    boolean transposed = naming.isTransposed(name);
    Shape whole = transposed ? Shape.of(shape.dim(1), shape.dim(0)) : shape;
    asked.addAll(stored);
    // A missing part is a fault of its own and says nothing about the shape of the others.
    boolean complete = true;
    for (String part : stored) {
      complete &= isUsable(part);
    }
    return new Wanted(name, stored, transposed, whole, complete && hasShape(stored, whole));
  }

  private Tensor load(Wanted wanted) {
    List<String> parts = wanted.stored;
    Tensor whole =
        StoredType.zeros(wanted.isThere ? typeOf(parts, wanted.shape) : dtype, wanted.shape);
    if (wanted.isThere) {
      Tensor row = whole.reshape(-1);
      int length = row.numel() / parts.size();
      for (int i = 0; i < parts.size(); i++) {
        checkpoint.loadInto(parts.get(i), row.slice(0, i * length, (i + 1) * length));
      }
    }
    return wanted.transposed ? turned(whole) : whole;
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
    return areConstant && isHalf && shape.rank() > 1 ? stored.iterator().next() : dtype;
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
      // Numbers by themselves once had an axis, and PyTorch still reads them so.
      boolean isNumber = whole.rank() == 0 && stored.rank() == 1 && stored.numel() == 1;
      return isNumber || stored.equals(whole);
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

  /**
   * Fails unless everything that was asked for was there in its shape.
   *
   * @throws CheckpointException one line that names the source, and the first of the tensors that
   *     are missing, have another shape, and are left over
   */
  public void verify() {
    failIfFaulty(List.copyOf(unexpected()));
  }

  /**
   * The same; and what was not asked for is logged, on one line: as a warning, unless all of it is
   * usual.
   *
   * @param usual what such a checkpoint may well hold beside: heads, buffers
   */
  public void verify(Predicate<String> usual) {
    List<String> unusual = unexpected().stream().filter(usual.negate()).toList();
    failIfFaulty(unusual);
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

  private void failIfFaulty(List<String> unknown) {
    if (!missing.isEmpty() || !misshapen.isEmpty()) {
      List<String> faults = new ArrayList<>();
      addTo(faults, "missing: ", missing);
      addTo(faults, "wrong shape: ", misshapen);
      addTo(faults, "not known: ", unknown);
      throw new CheckpointException(source + ": " + String.join("; ", faults));
    }
  }

  private static void addTo(List<String> faults, String what, List<String> names) {
    if (!names.isEmpty()) {
      faults.add(what + Listed.some(names));
    }
  }
}
