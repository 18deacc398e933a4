package dev.weft.tensor;

/**
 * Element types. {@link #F32} computes, {@link #F64} checks, {@link #F16} and {@link #BF16} store,
 * {@link #I32} and {@link #I64} index, {@link #BOOL} masks.
 */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  U8(1),
  BOOL(1);

  private final int byteSize;

  DType(int byteSize) {
    this.byteSize = byteSize;
  }

  /** Bytes of one element. */
  public int byteSize() {
    return byteSize;
  }

  /** Whether the backends compute in this type: F32 and F64. */
  public boolean isComputable() {
    return this == F32 || this == F64;
  }

  /** Whether elements have a fraction. */
  public boolean isFloatingPoint() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** Whether elements can address rows: I32 and I64. */
  public boolean isIndex() {
    return this == I32 || this == I64;
  }
}
