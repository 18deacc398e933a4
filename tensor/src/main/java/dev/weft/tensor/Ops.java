package dev.weft.tensor;

import static dev.weft.tensor.Checks.requireComputable;
import static dev.weft.tensor.Checks.requireContiguous;
import static dev.weft.tensor.Checks.requireDevice;
import static dev.weft.tensor.Checks.requireFactor;
import static dev.weft.tensor.Checks.requireIndex;
import static dev.weft.tensor.Checks.requireRows;
import static dev.weft.tensor.Checks.requireSame;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What can be computed with tensors: checks shapes and types, allocates the result in the current
 * {@link Scope} and calls the {@link Backend} of the operands' device. No gradients here; those are
 * in {@code dev.weft.autograd}.
 */
public final class Ops {
  private Ops() {}

  // ---- Element by element --------------------------------------------------------------------

  /** {@code op(x)}, of x's shape. */
  public static Tensor unary(UnaryOp op, Tensor x) {
    requireComputable(op.name().toLowerCase(Locale.ROOT), x);
    Tensor out = emptyLike(x);
    backend(x).unary(op, x, out);
    return out;
  }

  /** {@code gradOutput · op'(x)}: the gradient through {@link #unary}. */
  public static Tensor unaryBackward(UnaryOp op, Tensor x, Tensor gradOutput) {
    String name = op.name().toLowerCase(Locale.ROOT) + " backward";
    requireComputable(name, x);
    requireSame(name, x, gradOutput);
    if (!gradOutput.shape().equals(x.shape())) {
      throw new TensorException(name + ": gradient is " + gradOutput + " for " + x);
    }
    Tensor out = emptyLike(x);
    backend(x).unaryBackward(op, x, gradOutput, out);
    return out;
  }

  /** {@code op(a, b)} with broadcasting. */
  public static Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    String name = op.name().toLowerCase(Locale.ROOT);
    requireSame(name, a, b);
    Shape shape = Shape.broadcast(name, a.shape(), b.shape());
    Tensor out = Tensor.empty(a.dtype(), shape, a.device());
    backend(a).binary(op, a.expand(shape), b.expand(shape), out);
    return out;
  }

  /** {@code a + b} with broadcasting. */
  public static Tensor add(Tensor a, Tensor b) {
    return binary(BinaryOp.ADD, a, b);
  }

  /** {@code a - b} with broadcasting. */
  public static Tensor subtract(Tensor a, Tensor b) {
    return binary(BinaryOp.SUBTRACT, a, b);
  }

  /** {@code a b}, element by element, with broadcasting. */
  public static Tensor multiply(Tensor a, Tensor b) {
    return binary(BinaryOp.MULTIPLY, a, b);
  }

  /** {@code a / b} with broadcasting. */
  public static Tensor divide(Tensor a, Tensor b) {
    return binary(BinaryOp.DIVIDE, a, b);
  }

  /** {@code x + value}. */
  public static Tensor add(Tensor x, double value) {
    return binary(BinaryOp.ADD, x, scalarLike(x, value));
  }

  /** {@code x · value}. */
  public static Tensor multiply(Tensor x, double value) {
    return binary(BinaryOp.MULTIPLY, x, scalarLike(x, value));
  }

  /** {@code target += x} in place; {@code x} may have to be broadcast. */
  public static void addInto(Tensor target, Tensor x) {
    requireSame("addInto", target, x);
    requireContiguous("addInto", target);
    backend(target).binary(BinaryOp.ADD, target, x.expand(target.shape()), target);
  }

  /** {@code target = target · value} in place. */
  public static void scaleInto(Tensor target, double value) {
    requireComputable("scaleInto", target);
    requireContiguous("scaleInto", target);
    if (value != 1) {
      try (Scope _ = Scope.open()) {
        Tensor factor = scalarLike(target, value).expand(target.shape());
        backend(target).binary(BinaryOp.MULTIPLY, target, factor, target);
      }
    }
  }

  /** {@code a op b} as BOOL, with broadcasting. */
  public static Tensor compare(CompareOp op, Tensor a, Tensor b) {
    String name = op.name().toLowerCase(Locale.ROOT);
    requireSame(name, a, b);
    Shape shape = Shape.broadcast(name, a.shape(), b.shape());
    Tensor out = Tensor.empty(DType.BOOL, shape, a.device());
    backend(a).compare(op, a.expand(shape), b.expand(shape), out);
    return out;
  }

  /** {@code condition ? a : b} with broadcasting; the condition is BOOL. */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    requireSame("where", a, b);
    requireDevice("where", a, condition);
    if (condition.dtype() != DType.BOOL) {
      throw new TensorException("where: the condition is " + condition + "; it must be BOOL");
    }
    Shape values = Shape.broadcast("where", a.shape(), b.shape());
    Shape shape = Shape.broadcast("where", condition.shape(), values);
    Tensor out = Tensor.empty(a.dtype(), shape, a.device());
    backend(a).select(condition.expand(shape), a.expand(shape), b.expand(shape), out);
    return out;
  }

  // ---- Moving and converting -----------------------------------------------------------------

  /** A row-major copy; the same tensor if it is row-major already. */
  public static Tensor contiguous(Tensor x) {
    return x.isContiguous() ? x : copy(x);
  }

  /** A row-major copy in memory of its own. */
  public static Tensor copy(Tensor x) {
    Tensor out = emptyLike(x);
    backend(x).copy(x, out);
    return out;
  }

  /** The elements converted to another type; the same tensor if it has it already. */
  public static Tensor cast(Tensor x, DType dtype) {
    if (x.dtype() == dtype) {
      return x;
    }
    Tensor out = Tensor.empty(dtype, x.shape(), x.device());
    backend(x).copy(x, out);
    return out;
  }

  /**
   * {@code target = source} in place, converted; {@code source} may have to be broadcast, and may
   * be on another device.
   */
  public static void copyInto(Tensor target, Tensor source) {
    Tensor near = source.to(target.device());
    backend(target).copy(near.expand(target.shape()), target);
  }

  /** The tensors one after the other along an axis; all other extents agree. */
  public static Tensor concat(List<Tensor> parts, int axis) {
    if (parts.isEmpty()) {
      throw new TensorException("concat: no tensors given");
    }
    Tensor first = parts.get(0);
    int along = first.shape().axis(axis);
    int extent = 0;
    for (Tensor part : parts) {
      requireSame("concat", first, part);
      if (part.rank() != first.rank()
          || !part.shape().with(along, 0).equals(first.shape().with(along, 0))) {
        throw new TensorException(
            "concat: " + first + " and " + part + " differ in more than axis " + along);
      }
      extent += part.dim(along);
    }
    Tensor out = Tensor.empty(first.dtype(), first.shape().with(along, extent), first.device());
    int at = 0;
    for (Tensor part : parts) {
      backend(first).copy(part, out.slice(along, at, at + part.dim(along)));
      at += part.dim(along);
    }
    return out;
  }

  // ---- Folding -------------------------------------------------------------------------------

  /** Folds the given axes, which stay with extent 1 if {@code keepDims}; no axes: all of them. */
  public static Tensor reduce(ReduceOp op, Tensor x, boolean keepDims, int... axes) {
    String name = op.name().toLowerCase(Locale.ROOT);
    requireComputable(name, x);
    boolean[] folded = new boolean[x.rank()];
    for (int axis : axes) {
      folded[x.shape().axis(axis)] = true;
    }
    if (axes.length == 0) {
      Arrays.fill(folded, true);
    }
    Shape kept = x.shape();
    for (int axis = 0; axis < folded.length; axis++) {
      kept = folded[axis] ? kept.with(axis, 1) : kept;
    }
    Tensor out = Tensor.empty(x.dtype(), kept, x.device());
    backend(x).reduce(op, x, out);
    for (int axis = folded.length - 1; axis >= 0 && !keepDims; axis--) {
      out = folded[axis] ? out.squeeze(axis) : out;
    }
    return out;
  }

  /** The sum over axes; no axes: over all. */
  public static Tensor sum(Tensor x, boolean keepDims, int... axes) {
    return reduce(ReduceOp.SUM, x, keepDims, axes);
  }

  /**
   * Sums {@code x} down to a shape that broadcasts to x's: the reverse of {@link Tensor#expand}.
   */
  public static Tensor sumTo(Tensor x, Shape target) {
    if (x.shape().equals(target)) {
      return x;
    }
    requireComputable("sumTo", x);
    if (!target.broadcastsTo(x.shape())) {
      throw new TensorException("sumTo: " + target + " does not broadcast to " + x.shape());
    }
    Tensor out = Tensor.empty(x.dtype(), target, x.device());
    Tensor aligned = out;
    while (aligned.rank() < x.rank()) {
      aligned = aligned.unsqueeze(0);
    }
    backend(x).reduce(ReduceOp.SUM, x, aligned);
    return out;
  }

  /** Index of the greatest element of each row, I32: [..., n] to [...]. */
  public static Tensor argMax(Tensor x) {
    requireRows("argMax", x);
    if (x.dim(-1) == 0) {
      throw new TensorException("argMax: rows of " + x + " are empty");
    }
    Tensor out = Tensor.empty(DType.I32, rowShape(x), x.device());
    backend(x).argMax(x, out);
    return out;
  }

  /** {@code log Σ exp(x)} of each row: [..., n] to [...]. */
  public static Tensor logSumExp(Tensor x) {
    requireRows("logSumExp", x);
    Tensor out = Tensor.empty(x.dtype(), rowShape(x), x.device());
    backend(x).logSumExp(x, out);
    return out;
  }

  // ---- Matrices and rows ---------------------------------------------------------------------

  /** Matrix product [..., m, k] × [..., k, n]; leading axes broadcast. Transpose with a view. */
  public static Tensor matmul(Tensor a, Tensor b) {
    return matmul(a, b, MatmulTail.NONE);
  }

  /**
   * Matrix product with a scale, bias and activation applied before the result is stored. Where a
   * is F32, b may be F16 or BF16: a weight that is read as it lies.
   */
  public static Tensor matmul(Tensor a, Tensor b, MatmulTail tail) {
    requireComputable("matmul", a);
    requireFactor(a, b);
    if (a.rank() < 2 || b.rank() < 2) {
      throw new TensorException(
          "matmul: needs two axes or more: " + a.shape() + " × " + b.shape() + "; use unsqueeze");
    }
    int m = a.dim(-2);
    int k = a.dim(-1);
    int n = b.dim(-1);
    if (b.dim(-2) != k) {
      String hint = n == k ? "; did you mean b.transpose(-1, -2)?" : "";
      throw new TensorException(
          "matmul: inner dimensions differ: " + a.shape() + " × " + b.shape() + hint);
    }
    requireBias(a, tail.bias(), n);
    if (b.rank() == 2 && a.rank() > 2 && k > 0 && a.isContiguous()) {
      // One tall product instead of a batch of small ones.
      Tensor flat = matmul(a.reshape(-1, k), b, tail);
      return flat.reshape(a.shape().with(-1, n).dims());
    }
    Shape batch = Shape.broadcast("matmul", leading(a), leading(b));
    Tensor out = Tensor.empty(a.dtype(), append(batch, m, n), a.device());
    backend(a).matmul(a.expand(append(batch, m, k)), b.expand(append(batch, k, n)), tail, out);
    return out;
  }

  /** The same with a right operand that was packed before: [..., k] × [k, n] to [..., n]. */
  public static Tensor matmul(Tensor a, PackedMatrix b, MatmulTail tail) {
    requireComputable("matmul", a);
    requireFactor(a, b);
    int n = b.columns();
    if (a.rank() == 0 || a.dim(-1) != b.rows()) {
      throw new TensorException("matmul: inner dimensions differ: " + a.shape() + " × " + b);
    }
    requireBias(a, tail.bias(), n);
    int m = rowShape(a).numel();
    Tensor out = Tensor.empty(a.dtype(), a.shape().with(-1, n), a.device());
    backend(a).matmul(a.reshape(m, b.rows()), b, tail, out.reshape(m, n));
    return out;
  }

  private static void requireBias(Tensor a, Tensor bias, int n) {
    if (bias != null) {
      requireSame("matmul: bias", a, bias);
      if (!bias.shape().equals(Shape.of(n))) {
        throw new TensorException("matmul: bias is " + bias + "; it must be [" + n + "]");
      }
    }
  }

  /** Softmax along an axis. A row of negative infinities gives zeros. */
  public static Tensor softmax(Tensor x, int axis) {
    return alongLast("softmax", x, axis, (backend, rows, out) -> backend.softmax(rows, out));
  }

  /** {@code x - logsumexp(x)} along an axis. */
  public static Tensor logSoftmax(Tensor x, int axis) {
    return alongLast("logSoftmax", x, axis, (backend, rows, out) -> backend.logSoftmax(rows, out));
  }

  @FunctionalInterface
  private interface RowKernel {
    void run(Backend backend, Tensor rows, Tensor out);
  }

  private static Tensor alongLast(String op, Tensor x, int axis, RowKernel kernel) {
    requireRows(op, x);
    Tensor rows = x.transpose(axis, -1);
    Tensor out = emptyLike(rows);
    kernel.run(backend(x), rows, out);
    return out.transpose(axis, -1);
  }

  // ---- Rows by index -------------------------------------------------------------------------

  /** Rows of a table [rows, width] by index [...] (I32 or I64): [..., width]. */
  public static Tensor gather(Tensor table, Tensor indices) {
    requireIndex("gather", table, indices);
    if (table.rank() != 2) {
      throw new TensorException("gather: the table is " + table + "; it must be [rows, width]");
    }
    Tensor out = Tensor.empty(table.dtype(), append(indices.shape(), table.dim(1)), table.device());
    backend(table).gather(table, indices, out);
    return out;
  }

  /**
   * {@code target[indices[i]] += source[i]} in place: source [..., width], target [rows, width].
   */
  public static void scatterAdd(Tensor target, Tensor indices, Tensor source) {
    requireIndex("scatterAdd", target, indices);
    requireComputable("scatterAdd", target);
    requireSame("scatterAdd", target, source);
    requireContiguous("scatterAdd", target);
    if (target.rank() != 2) {
      throw new TensorException(
          "scatterAdd: the target is " + target + "; it must be [rows, width]");
    }
    Shape expected = append(indices.shape(), target.dim(1));
    if (!source.shape().equals(expected)) {
      throw new TensorException("scatterAdd: source is " + source + "; it must be " + expected);
    }
    backend(target).scatterAdd(indices, source, target);
  }

  /** The k greatest of each row in falling order; equals in rising order of index. */
  public record TopK(Tensor values, Tensor indices) {}

  /** The k greatest elements of each row [..., n] and where they stand (I32), both [..., k]. */
  public static TopK topK(Tensor x, int k) {
    requireRows("topK", x);
    if (k < 0 || k > x.dim(-1)) {
      throw new TensorException("topK: k = " + k + " of rows of " + x.dim(-1) + " elements");
    }
    Tensor values = Tensor.empty(x.dtype(), x.shape().with(-1, k), x.device());
    Tensor indices = Tensor.empty(DType.I32, x.shape().with(-1, k), x.device());
    backend(x).topK(contiguous(x), values, indices);
    return new TopK(values, indices);
  }

  // ---- Random numbers ------------------------------------------------------------------------

  /** Standard normal numbers on the CPU from one stream. */
  public static Tensor randomNormal(DType dtype, Shape shape, RandomKey key) {
    Tensor out = Tensor.empty(dtype, shape, Device.CPU);
    requireComputable("random numbers", out);
    backend(out).randomNormal(key, out);
    return out;
  }

  /** Uniform numbers of [0, 1) on the CPU from one stream. */
  public static Tensor randomUniform(DType dtype, Shape shape, RandomKey key) {
    Tensor out = Tensor.empty(dtype, shape, Device.CPU);
    requireComputable("random numbers", out);
    backend(out).randomUniform(key, out);
    return out;
  }

  /** Inverted dropout; see {@link Backend#dropout}. */
  public static Tensor dropout(Tensor x, double probability, RandomKey key) {
    requireComputable("dropout", x);
    if (!(probability >= 0 && probability < 1)) {
      throw new TensorException("dropout: probability " + probability + " is not in [0, 1)");
    }
    Tensor out = emptyLike(x);
    backend(x).dropout(x, probability, key, out);
    return out;
  }

  // ---- Helpers -------------------------------------------------------------------------------

  /** An uninitialised row-major tensor of the same type, shape and device. */
  public static Tensor emptyLike(Tensor x) {
    return Tensor.empty(x.dtype(), x.shape(), x.device());
  }

  private static Tensor scalarLike(Tensor x, double value) {
    return Tensor.full(x.dtype(), Shape.of(), x.device(), value);
  }

  private static Backend backend(Tensor x) {
    return Backends.of(x.device());
  }

  private static Shape leading(Tensor x) {
    return Shape.of(Arrays.copyOf(x.shape().dims(), x.rank() - 2));
  }

  /** The shape of one number for each row: [..., n] to [...]. */
  static Shape rowShape(Tensor x) {
    return Shape.of(Arrays.copyOf(x.shape().dims(), x.rank() - 1));
  }

  private static Shape append(Shape shape, int... dims) {
    int[] all = Arrays.copyOf(shape.dims(), shape.rank() + dims.length);
    System.arraycopy(dims, 0, all, shape.rank(), dims.length);
    return Shape.of(all);
  }
}
