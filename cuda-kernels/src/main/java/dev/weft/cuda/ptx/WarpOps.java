package dev.weft.cuda.ptx;

/** What the lanes of a warp do together; PTX ISA, chapters 9.7.9 (shfl) and 9.7.13 (vote …). */
final class WarpOps {
  private WarpOps() {}

  static Op decode(Decoder d, Instruction i) {
    Op op =
        switch (i.name()) {
          case "shfl" -> shfl(d, i);
          case "vote" -> vote(d, i);
          case "activemask" -> activemask(d, i);
          case "redux" -> redux(d, i);
          case "match" -> match(d, i);
          default -> null;
        };
    return op == null ? null : op.category(Op.Category.WARP);
  }

  /** Fails unless the lanes that are here are those that the instruction's mask names. */
  static void requireMembers(Op op, Warp w, int mask, int members) {
    int lane = Integer.numberOfTrailingZeros(mask);
    int named = (int) w.r[members * Warp.LANES + lane];
    if ((named & w.live) != mask) {
      throw op.fault(
          w,
          lane,
          "the mask names lanes %08x of which %08x live, but lanes %08x are here"
              .formatted(named, w.live, mask));
    }
  }

  private abstract static class Together extends Op {
    private final int members;

    Together(int members) {
      this.members = members;
      reads(members);
    }

    @Override
    final void run(Warp w, int mask) {
      requireMembers(this, w, mask, members);
      exchange(w, mask);
    }

    abstract void exchange(Warp w, int mask);
  }

  private static Op shfl(Decoder d, Instruction i) {
    if (!i.has("sync")) {
      throw new PtxException(i.line(), "unknown instruction " + i.opcode() + "; .sync is needed");
    }
    Operand to = i.operand(0);
    boolean pair = to instanceof Operand.Pair;
    int value = d.destination(pair ? ((Operand.Pair) to).first() : to);
    int inRange = pair ? d.predicate(((Operand.Pair) to).second()) : -1;
    int a = d.source(i.operand(1), PtxType.B32);
    int b = d.source(i.operand(2), PtxType.B32);
    int c = d.source(i.operand(3), PtxType.B32);
    String mode = i.modifiers().get(1);
    Op op =
        new Together(d.source(i.operand(4), PtxType.B32)) {
          private final long[] old = new long[Warp.LANES];

          @Override
          void exchange(Warp w, int mask) {
            System.arraycopy(w.r, a * Warp.LANES, old, 0, Warp.LANES);
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              int from =
                  source(
                      mode,
                      lane,
                      (int) w.r[b * Warp.LANES + lane] & 31,
                      (int) w.r[c * Warp.LANES + lane]);
              boolean in = from >= 0;
              int j = in ? from : lane;
              if ((mask >>> j & 1) == 0) {
                throw fault(w, lane, "reads lane " + j + ", which is not here");
              }
              w.r[value * Warp.LANES + lane] = old[j];
              if (inRange >= 0) {
                w.p[inRange] = (w.p[inRange] & ~(1 << lane)) | (in ? 1 << lane : 0);
              }
            }
          }
        };
    op.reads(a, b, c).writes(value);
    return inRange < 0 ? op : op.writesPredicates(inRange);
  }

  /** The lane that is read; -1 if that is out of range and the lane's own value stays. */
  private static int source(String mode, int lane, int b, int c) {
    int segment = c >>> 8 & 31;
    int clamp = c & 31;
    int last = (lane & segment) | (clamp & ~segment);
    int first = lane & segment;
    return switch (mode) {
      case "up" -> lane - b >= last ? lane - b : -1;
      case "down" -> lane + b <= last ? lane + b : -1;
      case "bfly" -> (lane ^ b) <= last ? lane ^ b : -1;
      case "idx" -> {
        int j = first | (b & ~segment);
        yield j <= last ? j : -1;
      }
      default -> throw new PtxException("unknown shuffle mode " + mode);
    };
  }

  private static Op vote(Decoder d, Instruction i) {
    String mode = i.modifiers().get(1);
    Operand.Register p = (Operand.Register) i.operand(1);
    int source = d.predicate(p);
    boolean ballot = mode.equals("ballot");
    int to = ballot ? d.destination(i.operand(0)) : d.predicate(i.operand(0));
    Op op =
        new Together(d.source(i.operand(2), PtxType.B32)) {
          @Override
          void exchange(Warp w, int mask) {
            int held = (p.negated() ? ~w.p[source] : w.p[source]) & mask;
            if (ballot) {
              fill(w, to, mask, held & 0xffffffffL);
              return;
            }
            boolean all = held == mask;
            boolean yes =
                switch (mode) {
                  case "all" -> all;
                  case "any" -> held != 0;
                  default -> all || held == 0;
                };
            w.p[to] = (w.p[to] & ~mask) | (yes ? mask : 0);
          }
        };
    op.readsPredicates(source);
    return ballot ? op.writes(to) : op.writesPredicates(to);
  }

  static void fill(Warp w, int register, int mask, long value) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      w.r[register * Warp.LANES + Integer.numberOfTrailingZeros(rest)] = value;
    }
  }

  private static Op activemask(Decoder d, Instruction i) {
    int to = d.destination(i.operand(0));
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        fill(w, to, mask, mask & 0xffffffffL);
      }
    }.writes(to);
  }

  private static Op redux(Decoder d, Instruction i) {
    PtxType type = i.type();
    String name = i.modifiers().get(1);
    int to = d.destination(i.operand(0));
    int a = d.source(i.operand(1), type);
    return new Together(d.source(i.operand(2), PtxType.B32)) {
      @Override
      void exchange(Warp w, int mask) {
        boolean first = true;
        long result = 0;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          long x = type.extend(w.r[a * Warp.LANES + Integer.numberOfTrailingZeros(rest)]);
          result = first ? x : folded(name, result, x);
          first = false;
        }
        fill(w, to, mask, type.extend(result));
      }
    }.reads(a).writes(to);
  }

  private static long folded(String name, long a, long b) {
    return switch (name) {
      case "add" -> a + b;
      case "min" -> Math.min(a, b);
      case "max" -> Math.max(a, b);
      case "and" -> a & b;
      case "or" -> a | b;
      case "xor" -> a ^ b;
      default -> throw new PtxException("unknown reduction " + name);
    };
  }

  /** {@code match.any}: the lanes that hold the same value. */
  private static Op match(Decoder d, Instruction i) {
    if (!i.has("any")) {
      throw new PtxException(i.line(), "unknown instruction " + i.opcode());
    }
    PtxType type = i.type();
    int to = d.destination(i.operand(0));
    int a = d.source(i.operand(1), type);
    return new Together(d.source(i.operand(2), PtxType.B32)) {
      @Override
      void exchange(Warp w, int mask) {
        long[] same = new long[Warp.LANES];
        for (int lane = 0; lane < Warp.LANES; lane++) {
          for (int other = 0; other < Warp.LANES; other++) {
            boolean equal =
                type.extend(w.r[a * Warp.LANES + lane]) == type.extend(w.r[a * Warp.LANES + other]);
            same[lane] |= equal && (mask >>> other & 1) != 0 ? 1L << other : 0;
          }
        }
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int lane = Integer.numberOfTrailingZeros(rest);
          w.r[to * Warp.LANES + lane] = same[lane];
        }
      }
    }.reads(a).writes(to);
  }
}
