package dev.weft.tensor;

/**
 * What a matrix product does with each element before it is stored: {@code f(scale · (a b) +
 * bias)}.
 *
 * @param scale factor on the product
 * @param bias [n], added to every row, or null
 * @param activation the function applied last, or null
 */
public record MatmulTail(double scale, Tensor bias, UnaryOp activation) {
  /** The product as it is. */
  public static final MatmulTail NONE = new MatmulTail(1.0, null, null);

  /** The product times a factor. */
  public static MatmulTail scale(double scale) {
    return new MatmulTail(scale, null, null);
  }

  /** The product plus a bias [n]; {@code null} adds none. */
  public static MatmulTail bias(Tensor bias) {
    return new MatmulTail(1.0, bias, null);
  }

  /** The same, and a function applied last. */
  public MatmulTail then(UnaryOp last) {
    return new MatmulTail(scale, bias, last);
  }
}
