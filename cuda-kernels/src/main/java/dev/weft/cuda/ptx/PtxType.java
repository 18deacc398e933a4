package dev.weft.cuda.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The fundamental types of PTX. */
enum PtxType {
  PRED(1, Kind.PREDICATE),
  B8(8, Kind.BITS),
  B16(16, Kind.BITS),
  B32(32, Kind.BITS),
  B64(64, Kind.BITS),
  U8(8, Kind.UNSIGNED),
  U16(16, Kind.UNSIGNED),
  U32(32, Kind.UNSIGNED),
  U64(64, Kind.UNSIGNED),
  S8(8, Kind.SIGNED),
  S16(16, Kind.SIGNED),
  S32(32, Kind.SIGNED),
  S64(64, Kind.SIGNED),
  F16(16, Kind.FLOAT),
  F16X2(32, Kind.FLOAT),
  BF16(16, Kind.FLOAT),
  BF16X2(32, Kind.FLOAT),
  TF32(32, Kind.FLOAT),
  F32(32, Kind.FLOAT),
  F64(64, Kind.FLOAT);

  enum Kind {
    PREDICATE,
    BITS,
    UNSIGNED,
    SIGNED,
    FLOAT
  }

  private static final Map<String, PtxType> BY_NAME = new HashMap<>();

  static {
    for (PtxType type : values()) {
      BY_NAME.put(type.name().toLowerCase(Locale.ROOT), type);
    }
  }

  private final int bits;
  private final Kind kind;

  PtxType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** The type that a modifier such as {@code u32} names, or null. */
  static PtxType named(String modifier) {
    return BY_NAME.get(modifier);
  }

  int bits() {
    return bits;
  }

  int bytes() {
    return Math.max(1, bits / 8);
  }

  boolean isSigned() {
    return kind == Kind.SIGNED;
  }

  boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** Bits, unsigned and signed alike: everything that is neither float nor predicate. */
  boolean isInteger() {
    return kind == Kind.BITS || kind == Kind.UNSIGNED || kind == Kind.SIGNED;
  }

  /** A register's content as this type shows it: sign- or zero-extended to 64 bits. */
  long extend(long value) {
    if (bits == 64) {
      return value;
    }
    int unused = 64 - bits;
    return isSigned() ? value << unused >> unused : value << unused >>> unused;
  }
}
