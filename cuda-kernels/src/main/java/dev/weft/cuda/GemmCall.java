package dev.weft.cuda;

import dev.weft.tensor.DType;

/**
 * A matrix product as the BLAS has it: {@code C = alpha · op(A) op(B)}, where op(A) is m × k, op(B)
 * k × n, and every matrix lies <em>column by column</em>. What C held is not read (beta is 0). In a
 * batch, each matrix lies a stride behind the one before it; a factor's stride of 0 uses one matrix
 * for all.
 *
 * @param compute how many digits of factors and sums are kept
 * @param batch how many products; 1 or more
 */
record GemmCall(
    Compute compute, int m, int n, int k, double alpha, Factor a, Factor b, Target c, int batch) {

  /** Which digits a product keeps; sums have F32's or F64's. */
  enum Compute {
    /** Factors and sums in F64. */
    FLOAT64,
    /** Factors as they are, sums in F32. */
    FLOAT32,
    /** Factors in F32 lose all but 11 digits. */
    TF32,
    /** Factors in F32 lose all but 8 digits. */
    BF16
  }

  /**
   * A or B.
   *
   * @param isTransposed whether op(X) is Xᵀ
   * @param leading elements from one column of X to the next (the BLAS's leading dimension)
   * @param stride elements from one matrix of the batch to the next
   */
  record Factor(long address, DType type, boolean isTransposed, int leading, long stride) {}

  /** C, where the factors' words apply. */
  record Target(long address, DType type, int leading, long stride) {}

  @Override
  public String toString() {
    return "%s[%d, %d, %d]%s of %s%s × %s%s to %s"
        .formatted(
            compute,
            m,
            n,
            k,
            batch == 1 ? "" : " × " + batch,
            a.type,
            a.isTransposed ? "ᵀ" : "",
            b.type,
            b.isTransposed ? "ᵀ" : "",
            c.type);
  }
}
