package dev.weft.tensor.cpu;

import dev.weft.tensor.MatmulTail;
import dev.weft.tensor.Tensor;

/**
 * Columns [column, column + columns) and steps [p, p + steps) of a matrix product, and what of its
 * operands has been packed.
 *
 * @param packsA whether blocks of A are packed
 * @param firstPacked the first panel of B that is packed; those before lie well where they are
 * @param packedB the packed panels
 * @param bias what the sums start from, [columns] and zeros to the end of the last panel
 */
record GemmSlice<A>(
    Product<A> product,
    int column,
    int columns,
    int p,
    int steps,
    boolean packsA,
    int firstPacked,
    A packedB,
    A bias) {

  boolean isFirst() {
    return p == 0;
  }

  boolean isLast() {
    return p + steps == product.k;
  }

  /** One matrix in its storage. */
  record Matrix<A>(A array, int at, int rowStride, int columnStride) {
    static <A> Matrix<A> of(Tensor tensor, int at) {
      return new Matrix<>(Dense.array(tensor), at, tensor.stride(-2), tensor.stride(-1));
    }

    int index(int row, int column) {
      return at + row * rowStride + column * columnStride;
    }
  }

  /** One product: a [m, k] times b [k, n] into c [m, n]. */
  record Product<A>(Matrix<A> a, Matrix<A> b, Matrix<A> c, int m, int n, int k, MatmulTail tail) {}
}
