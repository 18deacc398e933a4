package dev.weft.tensor.cpu;

import dev.weft.tensor.BinaryOp;
import dev.weft.tensor.CompareOp;
import dev.weft.tensor.UnaryOp;

/**
 * Loops over {@code n} neighbouring elements from the given offsets on; {@code out} may be an
 * operand. An element's result does not depend on where in the loop it stands.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface ElementLoops<A> {

  /** {@code out = op(x)}. */
  void unary(UnaryOp op, A x, int xAt, A out, int outAt, int n);

  /** {@code out = g · op'(x)}. */
  void unaryBackward(UnaryOp op, A x, int xAt, A g, int gAt, A out, int outAt, int n);

  /** {@code out = op(a, b)}. */
  void binary(BinaryOp op, A a, int aAt, A b, int bAt, A out, int outAt, int n);

  /** {@code out = a op b}, as 0 or 1. */
  void compare(CompareOp op, A a, int aAt, A b, int bAt, byte[] out, int outAt, int n);

  /** {@code out = condition ≠ 0 ? a : b}. */
  void select(byte[] condition, int cAt, A a, int aAt, A b, int bAt, A out, int outAt, int n);

  /** {@code out = value}. */
  void fill(double value, A out, int outAt, int n);

  /** {@code out = factor · x}. */
  void scale(A x, int xAt, double factor, A out, int outAt, int n);

  /**
   * {@code out = u < probability ? 0 : x / (1 - probability)}, with u the numbers that {@link
   * dev.weft.tensor.Philox#toUniform} makes of the words from index 0 on.
   */
  void dropout(A x, int xAt, int[] words, double probability, A out, int outAt, int n);

  /** {@code sum += a b}. */
  void multiplyAdd(A a, int aAt, A b, int bAt, A sum, int sumAt, int n);

  /** One step of {@code coefficients} on weight, m and v in place. */
  void adam(
      AdamCoefficients coefficients,
      A weight,
      int weightAt,
      A gradient,
      int gradientAt,
      A m,
      int mAt,
      A v,
      int vAt,
      int n);
}
