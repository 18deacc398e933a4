package dev.weft.tensor;

/** What {@link Ops} asks of operands before a backend sees them; each refusal names the op. */
final class Checks {
  private Checks() {}

  static void requireRows(String op, Tensor x) {
    requireComputable(op, x);
    if (x.rank() == 0) {
      throw new TensorException(op + ": needs an axis, but " + x + " is a scalar");
    }
  }

  static void requireComputable(String op, Tensor x) {
    if (!x.dtype().isComputable()) {
      throw new TensorException(op + ": cannot compute in " + x + "; cast it to F32 or F64");
    }
  }

  static void requireSame(String op, Tensor a, Tensor b) {
    if (a.dtype() != b.dtype()) {
      throw new TensorException(op + ": element types differ: " + a + " and " + b + "; cast one");
    }
    requireDevice(op, a, b);
  }

  static void requireDevice(String op, Tensor a, Tensor b) {
    if (!a.device().equals(b.device())) {
      throw new TensorException(op + ": devices differ: " + a + " and " + b);
    }
  }

  static void requireContiguous(String op, Tensor target) {
    if (!target.isContiguous()) {
      throw new TensorException(op + ": the target " + target + " must be contiguous");
    }
  }

  static void requireIndex(String op, Tensor rows, Tensor indices) {
    requireDevice(op, rows, indices);
    if (!indices.dtype().isIndex()) {
      throw new TensorException(op + ": indices are " + indices + "; they must be I32 or I64");
    }
  }
}
