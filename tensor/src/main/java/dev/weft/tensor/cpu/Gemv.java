package dev.weft.tensor.cpu;

import dev.weft.tensor.Tensor;

/**
 * The product of one or two rows with the transpose of a row-major matrix: a dot product for each
 * element. Each element of B is used so seldom that packing would cost more than the product.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
final class Gemv<A> {
  /** Rows up to which this is faster than blocks. */
  private static final int ROWS = 2;

  /** Steps from which on a dot product is worth its call. */
  private static final int STEPS = 32;

  private final FoldLoops<A> folds;
  private final ElementLoops<A> elements;

  Gemv(Loops<A> loops) {
    this.folds = loops.folds();
    this.elements = loops.elements();
  }

  boolean suits(GemmProduct<A> product) {
    return product.m() <= ROWS
        && product.k() >= STEPS
        && product.b().dtype() == product.a().dtype()
        && product.a().columnStride() == 1
        && product.b().rowStride() == 1;
  }

  void multiply(GemmProduct<A> product) {
    for (int row = 0; row < product.m(); row++) {
      int r = row;
      Threads.forRange(
          product.n(),
          Math.max(1, Walk.GRAIN / product.k()),
          (from, to) -> multiply(product, r, from, to));
    }
  }

  private void multiply(GemmProduct<A> product, int row, int from, int to) {
    A c = product.c();
    Tensor bias = product.tail().bias();
    int a = product.a().index(row, 0);
    for (int column = from; column < to; column++) {
      int b = product.b().index(0, column);
      double dot = folds.dot(product.a().elements(), a, product.b().elements(), b, product.k());
      double added = bias == null ? 0 : value(bias, column);
      double value = product.tail().scale() * dot + added;
      elements.fill(value, c, product.index(row, column), 1);
    }
    if (product.tail().activation() != null) {
      int at = product.index(row, from);
      elements.unary(product.tail().activation(), c, at, c, at, to - from);
    }
  }

  private static double value(Tensor vector, int index) {
    return ((HeapStorage) vector.storage()).get(vector.offset() + index * vector.stride(0));
  }
}
