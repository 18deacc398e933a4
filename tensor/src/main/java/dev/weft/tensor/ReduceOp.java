package dev.weft.tensor;

/** Ways to fold the elements along axes into one. NaN anywhere gives NaN. */
public enum ReduceOp {
  /** The sum; 0 over no elements. */
  SUM,
  /** The greatest; negative infinity over no elements. */
  MAX,
  /** The least; positive infinity over no elements. */
  MIN
}
