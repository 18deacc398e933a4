package dev.weft.tensor.cpu;

import dev.weft.tensor.ReduceOp;

/**
 * Loops that fold {@code n} neighbouring elements into one number, always in the same order.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface FoldLoops<A> {

  /** The sum, greatest or least; NaN if any is. */
  double fold(ReduceOp op, A x, int xAt, int n);

  /** The greatest element, NaN passed over; negative infinity if there is no other. */
  double greatest(A x, int xAt, int n);

  /** {@code Σ a b}. */
  double dot(A a, int aAt, A b, int bAt, int n);

  /** {@code Σ (x - centre)²}. */
  double squaredDistance(A x, int xAt, double centre, int n);
}
