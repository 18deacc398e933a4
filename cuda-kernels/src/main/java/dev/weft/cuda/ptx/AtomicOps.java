package dev.weft.cuda.ptx;

/** Atomic read-modify-write, lane after lane; PTX ISA, chapter 9.7.13 (atom, red). */
final class AtomicOps {
  private AtomicOps() {}

  @FunctionalInterface
  private interface Update {
    /** What becomes of the old value; c is the third operand of a compare-and-swap. */
    long apply(long old, long b, long c);
  }

  static Op decode(Decoder d, Instruction i, boolean returns) {
    PtxType type = i.type();
    int first = returns ? 1 : 0;
    boolean sink = !returns || i.operand(0) instanceof Operand.Sink;
    int to = sink ? -1 : d.destination(i.operand(0));
    int b = d.source(i.operand(first + 1), type);
    int c = i.has("cas") ? d.source(i.operand(first + 2), type) : b;
    Update update = update(i, type);
    Space space = d.space(i, i.operand(first));
    int size = type.bytes();
    Op op =
        new MemoryOps.Access(d.place(i, i.operand(first)), space, size, size) {
          @Override
          void run(Warp warp, int mask) {
            prepare(warp, mask);
            long[] r = warp.r;
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              int at = space.locate(this, warp, lane, addresses[lane], size, true);
              requireWritten(warp, lane, at, size);
              long old = type.extend(Bytes.get(space.data, at, size));
              long fresh = update.apply(old, r[b * Warp.LANES + lane], r[c * Warp.LANES + lane]);
              Bytes.put(space.data, at, size, fresh);
              if (to >= 0) {
                r[to * Warp.LANES + lane] = old;
              }
            }
          }
        };
    op.atomic = true;
    op.reads(b, c);
    return to < 0 ? op : op.writes(to);
  }

  private static Update update(Instruction i, PtxType type) {
    for (String modifier : i.modifiers()) {
      Update update = named(modifier, type);
      if (update != null) {
        return update;
      }
    }
    throw new PtxException(i.line(), "unknown instruction " + i.opcode());
  }

  private static Update named(String name, PtxType type) {
    return switch (name) {
      case "add" -> add(type);
      case "exch" -> (old, b, c) -> b;
      case "cas" -> (old, b, c) -> old == type.extend(b) ? c : old;
      case "and" -> (old, b, c) -> old & b;
      case "or" -> (old, b, c) -> old | b;
      case "xor" -> (old, b, c) -> old ^ b;
      case "min" -> (old, b, c) -> order(type, old, b) <= 0 ? old : b;
      case "max" -> (old, b, c) -> order(type, old, b) >= 0 ? old : b;
      case "inc" -> (old, b, c) -> Long.compareUnsigned(old, type.extend(b)) >= 0 ? 0 : old + 1;
      case "dec" ->
          (old, b, c) -> old == 0 || Long.compareUnsigned(old, type.extend(b)) > 0 ? b : old - 1;
      default -> null;
    };
  }

  private static int order(PtxType type, long a, long b) {
    return type.isSigned()
        ? Long.compare(type.extend(a), type.extend(b))
        : Long.compareUnsigned(type.extend(a), type.extend(b));
  }

  private static Update add(PtxType type) {
    return switch (type) {
      case F32 -> (old, b, c) -> Floats.bits(Floats.f32(old) + Floats.f32(b));
      case F64 -> (old, b, c) -> Floats.bits(Floats.f64(old) + Floats.f64(b));
      default -> (old, b, c) -> old + b;
    };
  }
}
