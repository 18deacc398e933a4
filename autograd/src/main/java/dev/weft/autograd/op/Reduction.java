package dev.weft.autograd.op;

/** What a loss over many rows is folded to. */
public enum Reduction {
  /** The average over rows, a scalar. */
  MEAN,
  /** The sum over rows, a scalar. */
  SUM,
  /** A loss for each row. */
  NONE
}
