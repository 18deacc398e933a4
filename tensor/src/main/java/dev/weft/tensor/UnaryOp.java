package dev.weft.tensor;

/** Functions of one element, applied to each. */
public enum UnaryOp {
  NEGATE,
  ABS,
  SQUARE,
  SQRT,
  RECIPROCAL,
  EXP,
  LOG,
  TANH,
  SIGMOID,
  ERF,
  RELU,
  /** {@code x Φ(x) = x/2 (1 + erf(x/√2))}; Hendrycks and Gimpel, arXiv 1606.08415. */
  GELU,
  /** {@code x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))}, the same paper's approximation. */
  GELU_TANH,
  /** {@code x σ(1.702 x)}, the same paper's coarser approximation, as CLIP uses it. */
  QUICK_GELU
}
