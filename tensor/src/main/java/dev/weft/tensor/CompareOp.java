package dev.weft.tensor;

/** Comparisons of two elements of the same type; the result is BOOL. NaN compares as in Java. */
public enum CompareOp {
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL
}
