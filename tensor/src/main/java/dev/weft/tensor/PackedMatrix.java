package dev.weft.tensor;

/**
 * A matrix that many products have as their right operand, such as a layer's weight in inference:
 * laid out once as the backend's kernels read it, instead of in every product. It needs no more
 * memory than the tensor it is made of, whose place it takes; F16 and BF16 stay as they are.
 *
 * <p>Of the product's operands it is b = Wᵀ, [k, n]; what it is made of, and can be turned back to,
 * is W [n, k], as layers keep their weights.
 */
public final class PackedMatrix {
  private final Tensor elements;
  private final int panel;

  /**
   * For backends.
   *
   * @param elements all elements in a shape of [n, k], in an order that only the backend knows
   * @param panel how many columns of b it has laid out side by side; 0 if the order is W's own
   */
  public PackedMatrix(Tensor elements, int panel) {
    this.elements = elements;
    this.panel = panel;
  }

  /**
   * Packs {@code weight} in its own memory. It and every other tensor over that memory end: who
   * uses one gets an error.
   *
   * @param weight W, [n, k], contiguous, in memory that it fills
   */
  public static PackedMatrix of(Tensor weight) {
    if (weight.rank() != 2 || !weight.dtype().isFloatingPoint()) {
      throw new TensorException("pack: " + weight + " must be a matrix of floating-point numbers");
    }
    boolean fills = weight.offset() == 0 && weight.numel() == weight.storage().length();
    if (!weight.isContiguous() || !fills) {
      throw new TensorException("pack: " + weight + " is a view of something else; copy it first");
    }
    return Backends.of(weight.device()).pack(Scope.detach(weight));
  }

  /** W again, [n, k], in memory of its own. */
  public Tensor unpacked() {
    Tensor out = Tensor.empty(dtype(), elements.shape(), device());
    Backends.of(device()).unpack(this, out);
    return out;
  }

  /** Element type. */
  public DType dtype() {
    return elements.dtype();
  }

  /** Where the elements live. */
  public Device device() {
    return elements.device();
  }

  /** k: rows of b, columns of W. */
  public int rows() {
    return elements.dim(1);
  }

  /** n: columns of b, rows of W. */
  public int columns() {
    return elements.dim(0);
  }

  /** For backends: the elements in the backend's order. */
  public Tensor elements() {
    return elements;
  }

  /** For backends: how many columns lie side by side. */
  public int panel() {
    return panel;
  }

  @Override
  public String toString() {
    return "packed " + dtype() + " [" + columns() + ", " + rows() + "]ᵀ";
  }
}
