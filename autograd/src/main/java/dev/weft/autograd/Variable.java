package dev.weft.autograd;

import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;

/**
 * A tensor that remembers how it was computed, so that gradients can be found. Leaves are
 * {@linkplain #parameter parameters} (a gradient is wanted) or {@linkplain #of constants}.
 */
public final class Variable {
  private final Tensor value;
  private final boolean requiresGrad;
  private final Graph.Node node;
  private Tensor grad;
  private boolean hasGrad;

  Variable(Tensor value, boolean requiresGrad, Graph.Node node) {
    this.value = value;
    this.requiresGrad = requiresGrad;
    this.node = node;
  }

  /** A constant. */
  public static Variable of(Tensor value) {
    return new Variable(value, false, null);
  }

  /** A leaf whose gradient is wanted. */
  public static Variable parameter(Tensor value) {
    if (!value.dtype().isComputable()) {
      throw new TensorException("parameter: " + value + " must be F32 or F64");
    }
    return new Variable(value, true, null);
  }

  /** The numbers. */
  public Tensor value() {
    return value;
  }

  /** Extents. */
  public Shape shape() {
    return value.shape();
  }

  /** Extent of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return value.dim(axis);
  }

  /** Element type. */
  public DType dtype() {
    return value.dtype();
  }

  /** Whether a gradient with respect to this is wanted, here or further back. */
  public boolean requiresGrad() {
    return requiresGrad;
  }

  /** How this was computed; null for a leaf. */
  public Graph.Node node() {
    return node;
  }

  /**
   * The gradient that backward passes added up for this leaf; null before the first. It outlives
   * every scope. Its memory is this variable's own and is written to by later passes, those after
   * {@link #clearGrad} too: copy it to compare two steps.
   */
  public Tensor grad() {
    return hasGrad ? grad : null;
  }

  /** Forgets the gradient, for the start of a step; its memory serves the next one. */
  public void clearGrad() {
    hasGrad = false;
  }

  /**
   * Adds to the gradient. The first of a step is copied, because it may be a view of memory that
   * another gradient shares or that a scope will recycle.
   */
  void accumulateGrad(Tensor gradient) {
    if (hasGrad) {
      Ops.addInto(grad, gradient);
      return;
    }
    if (grad == null) {
      Backend backend = Backends.of(value.device());
      grad = Tensor.over(backend.allocate(dtype(), value.numel(), false), shape(), 0);
    }
    Ops.copyInto(grad, gradient);
    hasGrad = true;
  }

  /** Adds the gradient of this scalar to the {@link #grad} of every parameter it depends on. */
  public void backward() {
    if (value.numel() != 1) {
      throw new TensorException(
          "backward: " + this + " is not a scalar; give a cotangent of its shape");
    }
    backward(Tensor.full(dtype(), shape(), value.device(), 1));
  }

  /** The same for {@code Σ this · cotangent}. */
  public void backward(Tensor cotangent) {
    Graph.backward(this, cotangent);
  }

  /** The same numbers as a constant: no gradient passes here. */
  public Variable detach() {
    return of(value);
  }

  @Override
  public String toString() {
    return (node == null ? "leaf" : node.op()) + " " + value;
  }
}
