package dev.weft.tensor.cpu;

import dev.weft.tensor.DType;
import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.PackedMatrix;
import dev.weft.tensor.RowSource;
import dev.weft.tensor.Tensor;

/**
 * One matrix product: a [m, k] times b [k, n] into c [m, n], which is row-major.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
record GemmProduct<A>(Matrix a, Matrix b, A c, int cAt, int m, int n, int k, MatmulTail tail) {

  /** The i-th product of a batch. */
  static <A> GemmProduct<A> of(Tensor a, Tensor b, MatmulTail tail, Tensor out, int i) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    A c = Dense.array(out);
    int at = out.offset() + i * m * n;
    return new GemmProduct<>(Matrix.of(a, i), Matrix.of(b, i), c, at, m, n, a.dim(-1), tail);
  }

  /** With a right operand that is packed. */
  static <A> GemmProduct<A> of(Tensor a, PackedMatrix b, MatmulTail tail, Tensor out) {
    int m = out.dim(-2);
    int n = out.dim(-1);
    Matrix left = Matrix.of(a, 0);
    return new GemmProduct<>(
        left, Matrix.of(b), Dense.array(out), out.offset(), m, n, a.dim(-1), tail);
  }

  /** Where an element of c lies. */
  int index(int row, int column) {
    return cAt + row * n + column;
  }

  /**
   * One matrix in its storage, elements of any floating type.
   *
   * @param inPanels how many of the columns, from the first on, lie in panels side by side ({@link
   *     PackedPanels}); the strides are those of the others
   * @param source where the columns are rows, in place of {@code array}; or null
   */
  record Matrix(
      DType dtype,
      Object array,
      int at,
      int rowStride,
      int columnStride,
      int inPanels,
      RowSource source) {

    /** The i-th matrix of a batch. */
    static Matrix of(Tensor tensor, int i) {
      int at = tensor.offset();
      int rest = i;
      for (int axis = tensor.rank() - 3; axis >= 0; axis--) {
        at += rest % tensor.dim(axis) * tensor.stride(axis);
        rest /= tensor.dim(axis);
      }
      Object array = ((HeapStorage) tensor.storage()).array();
      return new Matrix(tensor.dtype(), array, at, tensor.stride(-2), tensor.stride(-1), 0, null);
    }

    /** A packed one, or one that still lies in its source. */
    static Matrix of(PackedMatrix packed) {
      Tensor elements = packed.elements();
      if (elements == null) {
        return new Matrix(packed.dtype(), null, 0, 1, packed.rows(), 0, packed.source());
      }
      int width = packed.panel();
      int inPanels = width == 0 ? 0 : packed.columns() / width * width;
      Object array = ((HeapStorage) elements.storage()).array();
      return new Matrix(packed.dtype(), array, 0, 1, packed.rows(), inPanels, null);
    }

    /** Where row {@code row} of the panel that starts with {@code column} lies. */
    int panelIndex(int row, int column, int width) {
      return at + column * columnStride + row * width;
    }

    /** Whether rows of such elements lie in the array as they are. */
    boolean hasRows(DType type) {
      return source == null && columnStride == 1 && dtype == type;
    }

    int index(int row, int column) {
      return at + row * rowStride + column * columnStride;
    }

    @SuppressWarnings("unchecked") // The caller names the array type of the matrix's dtype.
    <A> A elements() {
      return (A) array;
    }
  }
}
