package dev.weft.cuda.ptx;

import java.util.List;

/** Moves, packing, conversions and addresses; PTX ISA, chapter 9.7.9. */
final class MoveOps {
  private MoveOps() {}

  static Op decode(Decoder d, Instruction i) {
    return switch (i.name()) {
      case "mov" -> mov(d, i);
      case "cvt" -> cvt(d, i);
      case "cvta" -> cvta(d, i);
      case "bfi" -> bfi(d, i);
      case "lop3" -> lop3(d, i);
      case "isspacep" -> null;
      default -> null;
    };
  }

  private static Op mov(Decoder d, Instruction i) {
    PtxType type = i.type();
    if (i.operand(0) instanceof Operand.Vector(List<Operand> parts)) {
      return unpack(d, parts, d.source(i.operand(1), type), type);
    }
    int to = d.destination(i.operand(0));
    if (i.operand(1) instanceof Operand.Vector(List<Operand> parts)) {
      return pack(d, parts, to, type);
    }
    return new Alu(
        Op.Category.INTEGER,
        (r, dd, a, b, c, from, end) -> System.arraycopy(r, a + from, r, dd + from, end - from),
        to,
        d.source(i.operand(1), type));
  }

  /** The first part is the lowest. */
  private static Op unpack(Decoder d, List<Operand> parts, int from, PtxType type) {
    int bits = type.bits() / parts.size();
    int[] to = d.destinations(parts);
    PtxType part = bits == 32 ? PtxType.B32 : bits == 16 ? PtxType.B16 : PtxType.B8;
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              long value = w.r[from * Warp.LANES + lane];
              for (int k = 0; k < to.length; k++) {
                w.r[to[k] * Warp.LANES + lane] = part.extend(value >>> (k * bits));
              }
            }
          }
        };
    return op.reads(from).writes(to);
  }

  private static Op pack(Decoder d, List<Operand> parts, int to, PtxType type) {
    int bits = type.bits() / parts.size();
    PtxType part = bits == 32 ? PtxType.B32 : bits == 16 ? PtxType.B16 : PtxType.B8;
    int[] from = d.sources(parts, part);
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              long value = 0;
              for (int k = 0; k < from.length; k++) {
                value |= part.extend(w.r[from[k] * Warp.LANES + lane]) << (k * bits);
              }
              w.r[to * Warp.LANES + lane] = value;
            }
          }
        };
    return op.reads(from).writes(to);
  }

  private static Op cvt(Decoder d, Instruction i) {
    PtxType to = i.types().get(0);
    PtxType from = i.types().get(1);
    Alu.Lanes lanes = Conversions.of(i, to, from);
    int destination = d.destination(i.operand(0));
    int a = d.source(i.operand(1), from);
    boolean two = i.operands().size() > 2;
    return two
        ? new Alu(Op.Category.CONVERSION, lanes, destination, a, d.source(i.operand(2), from))
        : new Alu(Op.Category.CONVERSION, lanes, destination, a);
  }

  /** Generic addresses of each space lie in a window of their own. */
  private static Op cvta(Decoder d, Instruction i) {
    boolean to = i.has("to");
    String space = i.modifiers().get(to ? 1 : 0).split("::", -1)[0];
    long window = to ? -Space.window(i.line(), space) : Space.window(i.line(), space);
    return new Alu(
        Op.Category.INTEGER,
        (r, dd, a, b, c, from, end) -> {
          for (int l = from; l < end; l++) {
            r[dd + l] = r[a + l] + window;
          }
        },
        d.destination(i.operand(0)),
        d.source(i.operand(1), i.type()));
  }

  private static Op bfi(Decoder d, Instruction i) {
    PtxType type = i.type();
    int to = d.destination(i.operand(0));
    int a = d.source(i.operand(1), type);
    int b = d.source(i.operand(2), type);
    int position = d.source(i.operand(3), PtxType.U32);
    int length = d.source(i.operand(4), PtxType.U32);
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            long[] r = w.r;
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              r[to * Warp.LANES + lane] =
                  BitOps.insert(
                      type,
                      r[a * Warp.LANES + lane],
                      r[b * Warp.LANES + lane],
                      r[position * Warp.LANES + lane],
                      r[length * Warp.LANES + lane]);
            }
          }
        };
    return op.reads(a, b, position, length).writes(to);
  }

  private static Op lop3(Decoder d, Instruction i) {
    int table = (int) ((Operand.IntegerConstant) i.operand(4)).value();
    return new Alu(
        Op.Category.INTEGER,
        (r, dd, a, b, c, from, to) -> {
          for (int l = from; l < to; l++) {
            r[dd + l] = BitOps.lookup(r[a + l], r[b + l], r[c + l], table);
          }
        },
        d.destination(i.operand(0)),
        d.source(i.operand(1), PtxType.B32),
        d.source(i.operand(2), PtxType.B32),
        d.source(i.operand(3), PtxType.B32));
  }
}
