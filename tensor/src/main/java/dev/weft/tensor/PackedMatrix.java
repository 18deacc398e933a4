package dev.weft.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A matrix that many products have as their right operand, such as a layer's weight in inference:
 * laid out once as the backend's kernels read it, instead of in every product. It needs no more
 * memory than the tensor it is made of, whose place it takes; F16 and BF16 stay as they are.
 *
 * <p>One that lies in a {@link RowSource} stays there until products have wanted it twice: the
 * first reads it where it lies, so that who multiplies once never holds it. Which of the two a
 * product finds does not change a bit of its result.
 *
 * <p>Of the product's operands it is b = Wᵀ, [k, n]; what it is made of, and can be turned back to,
 * is W [n, k], as layers keep their weights.
 */
public final class PackedMatrix {
  /** Products that read the source before it is laid out. */
  private static final int PRODUCTS_FROM_SOURCE = 1;

  private final DType dtype;
  private final Device device;
  private final int columns;
  private final int rows;
  private final int panel;
  private final RowSource source;
  private volatile Tensor elements;
  private final AtomicInteger products = new AtomicInteger();
  private final ReentrantLock layingOut = new ReentrantLock();

  /**
   * For backends.
   *
   * @param elements all elements in a shape of [n, k], in an order that only the backend knows
   * @param panel how many columns of b it has laid out side by side; 0 if the order is W's own
   */
  public PackedMatrix(Tensor elements, int panel) {
    this.dtype = elements.dtype();
    this.device = elements.device();
    this.columns = elements.dim(0);
    this.rows = elements.dim(1);
    this.panel = panel;
    this.source = null;
    this.elements = elements;
  }

  /**
   * For backends that read sources.
   *
   * @param panel how many columns of b will lie side by side once it is laid out
   */
  public PackedMatrix(RowSource source, Device device, int panel) {
    this.dtype = source.dtype();
    this.device = device;
    this.columns = source.rows();
    this.rows = source.columns();
    this.panel = panel;
    this.source = source;
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

  /**
   * A matrix on the processor that lies in {@code source}.
   *
   * @param source W, [n, k]; it must be there for as long as the matrix is used
   */
  public static PackedMatrix in(RowSource source) {
    if (!source.dtype().isFloatingPoint()) {
      throw new TensorException("pack: " + source.dtype() + " is not a floating-point type");
    }
    return Backends.of(Device.CPU).pack(source);
  }

  /** W again, [n, k], in memory of its own. */
  public Tensor unpacked() {
    if (elements == null) {
      return source.load();
    }
    Tensor out = Tensor.empty(dtype, Shape.of(columns, rows), device);
    Backends.of(device).unpack(this, out);
    return out;
  }

  /** Element type. */
  public DType dtype() {
    return dtype;
  }

  /** Where the elements live. */
  public Device device() {
    return device;
  }

  /** k: rows of b, columns of W. */
  public int rows() {
    return rows;
  }

  /** n: columns of b, rows of W. */
  public int columns() {
    return columns;
  }

  /** For backends: the elements in the backend's order; null while they lie in the source. */
  public Tensor elements() {
    return elements;
  }

  /** For backends: where the elements lie while {@link #elements} is null. */
  public RowSource source() {
    return source;
  }

  /** For backends: how many columns lie side by side. */
  public int panel() {
    return panel;
  }

  /**
   * For backends, before each product: lays the elements out if it is time. A product beside the
   * one that does so reads the source.
   *
   * @param layout makes the elements of the source
   */
  public void layOutWhenDue(Supplier<Tensor> layout) {
    if (elements != null
        || products.getAndUpdate(n -> Math.min(n + 1, PRODUCTS_FROM_SOURCE)) < PRODUCTS_FROM_SOURCE
        || !layingOut.tryLock()) {
      return;
    }
    try {
      if (elements == null) {
        elements = layout.get();
      }
    } finally {
      layingOut.unlock();
    }
  }

  @Override
  public String toString() {
    return "packed " + dtype + " [" + columns + ", " + rows + "]ᵀ";
  }
}
