package dev.weft.tensor;

/**
 * Which pairs count in a contrast of n things with each other. Of a matrix of logits [P n, Q n],
 * row {@code p n + i} and column {@code q n + j} stand for the things i and j, which are seen in P
 * and in Q ways.
 *
 * @param keys I32 [n]; two different things with the same key are duplicates of each other
 * @param duplicates what becomes of their pairs
 * @param withoutSelf whether the pairs on the matrix's diagonal are left out: those of a vector
 *     with itself, where rows and columns are the same vectors
 */
public record Contrast(Tensor keys, Duplicates duplicates, boolean withoutSelf) {

  /** What becomes of pairs of duplicates. */
  public enum Duplicates {
    /** They are pairs like others. */
    KEPT,
    /** They are left out. */
    LEFT_OUT,
    /** Their logits are set to 0, so that each adds 1, and pass no gradient. */
    ZEROED
  }

  /** Checks the keys. */
  public Contrast {
    if (keys.dtype() != DType.I32 || keys.rank() != 1 || !keys.isContiguous()) {
      throw new TensorException("contrast: keys are " + keys + "; they must be contiguous I32 [n]");
    }
  }

  /** Number of things. */
  public int count() {
    return keys.dim(0);
  }

  /** Checks that a matrix of logits is one of these things. */
  void check(Tensor logits) {
    Checks.requireComputable("contrast", logits);
    Checks.requireDevice("contrast", logits, keys);
    int n = count();
    boolean fits =
        logits.rank() == 2
            && n > 0
            && logits.dim(0) % n == 0
            && logits.dim(1) % n == 0
            && logits.isContiguous();
    if (!fits || (withoutSelf && logits.dim(0) != logits.dim(1))) {
      throw new TensorException(
          "contrast: logits are "
              + logits
              + " for "
              + n
              + " keys; they must be contiguous [P n, Q n]"
              + (withoutSelf ? " with P = Q" : ""));
    }
  }
}
