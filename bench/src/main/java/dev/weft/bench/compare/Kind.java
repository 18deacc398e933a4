package dev.weft.bench.compare;

/** What is computed, with its sizes: what an engine needs to know to do the same as the others. */
public sealed interface Kind {

  /** {@code [batch, m, k] × [batch, k, n]}; batch 1 is a product of two matrices. */
  record Matmul(int batch, int m, int k, int n) implements Kind {}

  /** Softmax over the rows of a matrix, or its vector-Jacobian product from the result. */
  record Softmax(int rows, int columns, Pass pass) implements Kind {}

  /** Layer normalisation of the rows of a matrix, or its three gradients from saved statistics. */
  record LayerNorm(int rows, int columns, Pass pass) implements Kind {}

  /** GELU by erf of every element of a matrix, or its vector-Jacobian product from the input. */
  record Gelu(int rows, int columns, Pass pass) implements Kind {}

  /** A copy of a matrix into new memory: nothing is computed, so nothing of its size is faster. */
  record Copy(int rows, int columns) implements Kind {}

  /** Fused multiply-adds in registers: the most that one thread can do. */
  record FmaPeak() implements Kind {}

  /** Which way. */
  enum Pass {
    FORWARD,
    BACKWARD
  }
}
