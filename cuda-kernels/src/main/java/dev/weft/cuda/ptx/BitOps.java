package dev.weft.cuda.ptx;

import dev.weft.cuda.ptx.Alu.Lanes;

/** Logic, shifts and bit fields; PTX ISA, chapters 9.7.1 and 9.7.8. */
final class BitOps {
  private BitOps() {}

  @FunctionalInterface
  private interface Function {
    long apply(long a, long b, long c);
  }

  private static Lanes each(PtxType result, Function f) {
    return (r, d, a, b, c, from, to) -> {
      for (int i = from; i < to; i++) {
        r[d + i] = result.extend(f.apply(r[a + i], r[b + i], r[c + i]));
      }
    };
  }

  /** The loop of an instruction, or null where it is none of bits. */
  static Lanes of(Instruction i, PtxType type) {
    int bits = type.bits();
    return switch (i.name()) {
      case "and" -> each(type, (a, b, c) -> a & b);
      case "or" -> each(type, (a, b, c) -> a | b);
      case "xor" -> each(type, (a, b, c) -> a ^ b);
      case "not" -> each(type, (a, b, c) -> ~a);
      case "cnot" -> each(type, (a, b, c) -> PtxType.B64.extend(unsigned(a, bits)) == 0 ? 1 : 0);
      case "shl" -> each(type, (a, b, c) -> amount(b) >= bits ? 0 : a << amount(b));
      case "shr" -> shr(type);
      case "shf" -> funnel(i);
      case "prmt" -> each(type, BitOps::permute);
      case "popc" -> each(PtxType.B32, (a, b, c) -> Long.bitCount(unsigned(a, bits)));
      case "clz" ->
          each(PtxType.B32, (a, b, c) -> Long.numberOfLeadingZeros(unsigned(a, bits)) - 64 + bits);
      case "bfind" -> each(PtxType.B32, find(i, type));
      case "brev" -> each(type, (a, b, c) -> Long.reverse(a) >>> (64 - bits));
      case "bfe" -> each(type, (a, b, c) -> extract(type, a, amount(b & 0xff), amount(c & 0xff)));
      default -> null;
    };
  }

  private static long unsigned(long value, int bits) {
    return bits == 64 ? value : value & (1L << bits) - 1;
  }

  /** A shift's amount is an unsigned number of 32 bits. */
  private static int amount(long b) {
    return (int) Math.min(b & 0xffffffffL, 64);
  }

  private static Lanes shr(PtxType type) {
    if (type.isSigned()) {
      return each(type, (a, b, c) -> type.extend(a) >> Math.min(amount(b), 63));
    }
    return each(type, (a, b, c) -> amount(b) >= type.bits() ? 0 : type.extend(a) >>> amount(b));
  }

  /** Shifts the 64 bits of b (high) and a (low). */
  private static Lanes funnel(Instruction i) {
    boolean wrap = i.has("wrap");
    boolean left = i.has("l");
    return each(
        PtxType.B32,
        (a, b, c) -> {
          int n = wrap ? (int) (c & 31) : (int) Math.min(c & 0xffffffffL, 32);
          long both = (b << 32) | (a & 0xffffffffL);
          return left ? both << n >>> 32 : n == 32 ? b : both >>> n;
        });
  }

  /** Picks 4 of 8 bytes by the nibbles of c; a nibble's top bit spreads the byte's sign. */
  private static long permute(long a, long b, long c) {
    long both = (b << 32) | (a & 0xffffffffL);
    long result = 0;
    for (int k = 0; k < 4; k++) {
      int nibble = (int) (c >>> (4 * k)) & 15;
      long picked = (both >>> (8 * (nibble & 7))) & 0xff;
      if ((nibble & 8) != 0) {
        picked = (picked & 0x80) != 0 ? 0xff : 0;
      }
      result |= picked << (8 * k);
    }
    return result;
  }

  /** The place of the highest bit that is not the sign's; all ones if there is none. */
  private static Function find(Instruction i, PtxType type) {
    boolean amount = i.has("shiftamt");
    return (a, b, c) -> {
      long x = type.extend(a);
      long sought = unsigned(type.isSigned() && x < 0 ? ~x : x, type.bits());
      int place = 63 - Long.numberOfLeadingZeros(sought);
      return place < 0 ? 0xffffffffL : amount ? type.bits() - 1 - place : place;
    };
  }

  private static long extract(PtxType type, long a, int position, int length) {
    int bits = type.bits();
    if (length == 0) {
      return 0;
    }
    long x = type.extend(a);
    int last = Math.min(position + length - 1, bits - 1);
    long sign = type.isSigned() ? x >>> last & 1 : 0;
    long field = position >= bits ? 0 : unsigned(x, bits) >>> position;
    int width = position >= bits ? 0 : Math.min(length, bits - position);
    field = width >= 64 ? field : field & (1L << width) - 1;
    return sign == 0 || width >= 64 ? field : field | -1L << width;
  }

  /** {@code bfi d, a, b, position, length}: the low bits of a put into b. */
  static long insert(PtxType type, long a, long b, long position, long length) {
    int p = (int) (position & 0xff);
    int n = (int) Math.min(length & 0xff, type.bits() - Math.min(p, type.bits()));
    if (n <= 0) {
      return b;
    }
    long field = (n >= 64 ? -1L : (1L << n) - 1) << p;
    return (b & ~field) | ((a << p) & field);
  }

  /** The truth table of {@code lop3} looked up bit by bit. */
  static long lookup(long a, long b, long c, int table) {
    long result = 0;
    for (int entry = 0; entry < 8; entry++) {
      if ((table >>> entry & 1) != 0) {
        result |=
            ((entry & 4) != 0 ? a : ~a) & ((entry & 2) != 0 ? b : ~b) & ((entry & 1) != 0 ? c : ~c);
      }
    }
    return result;
  }
}
