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

  /** The second factor of a matrix product: of a's type, or of half the precision beside F32. */
  static void requireFactor(Tensor a, Tensor b) {
    boolean half = b.dtype() == DType.F16 || b.dtype() == DType.BF16;
    if (a.dtype() == DType.F32 && half) {
      requireDevice("matmul", a, b);
    } else {
      requireSame("matmul", a, b);
    }
  }

  /** The same for one that is packed. */
  static void requireFactor(Tensor a, PackedMatrix b) {
    boolean half = b.dtype() == DType.F16 || b.dtype() == DType.BF16;
    if (a.dtype() != b.dtype() && !(a.dtype() == DType.F32 && half)) {
      throw new TensorException("matmul: element types differ: " + a + " and " + b + "; cast one");
    }
    if (!a.device().equals(b.device())) {
      throw new TensorException("matmul: devices differ: " + a + " and " + b + " on " + b.device());
    }
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
