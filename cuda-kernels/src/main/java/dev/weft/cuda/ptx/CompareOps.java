package dev.weft.cuda.ptx;

/** Comparisons, and what is chosen by predicates; PTX ISA, chapters 9.7.6 to 9.7.8. */
final class CompareOps {
  private CompareOps() {}

  @FunctionalInterface
  private interface Test {
    boolean holds(long a, long b);
  }

  static Op decode(Decoder d, Instruction i) {
    return switch (i.name()) {
      case "setp" -> setp(d, i);
      case "set" -> set(d, i);
      case "selp" -> selp(d, i);
      case "slct" -> slct(d, i);
      case "and", "or", "xor", "not", "mov" -> i.type() == PtxType.PRED ? logic(d, i) : null;
      default -> null;
    };
  }

  private static Test test(Instruction i, String comparison, PtxType type) {
    if (type.isFloat()) {
      boolean flush = i.has("ftz");
      FloatTest test = floatTest(i, comparison);
      return (a, b) -> test.holds(value(type, a, flush), value(type, b, flush));
    }
    return switch (comparison) {
      case "eq" -> (a, b) -> type.extend(a) == type.extend(b);
      case "ne" -> (a, b) -> type.extend(a) != type.extend(b);
      case "lt", "lo" -> (a, b) -> order(type, a, b) < 0;
      case "le", "ls" -> (a, b) -> order(type, a, b) <= 0;
      case "gt", "hi" -> (a, b) -> order(type, a, b) > 0;
      case "ge", "hs" -> (a, b) -> order(type, a, b) >= 0;
      default -> throw new PtxException(i.line(), "unknown comparison in " + i.opcode());
    };
  }

  private static int order(PtxType type, long a, long b) {
    return type.isSigned()
        ? Long.compare(type.extend(a), type.extend(b))
        : Long.compareUnsigned(type.extend(a), type.extend(b));
  }

  private static double value(PtxType type, long register, boolean flush) {
    double value = Floats.value(type, register);
    return flush ? Floats.flushed((float) value) : value;
  }

  @FunctionalInterface
  private interface FloatTest {
    boolean holds(double a, double b);
  }

  /** A comparison with a u at its end holds where an operand is not a number. */
  private static FloatTest floatTest(Instruction i, String comparison) {
    return switch (comparison) {
      case "eq" -> (a, b) -> a == b;
      case "ne" -> (a, b) -> a < b || a > b;
      case "lt" -> (a, b) -> a < b;
      case "le" -> (a, b) -> a <= b;
      case "gt" -> (a, b) -> a > b;
      case "ge" -> (a, b) -> a >= b;
      case "equ" -> (a, b) -> !(a < b || a > b);
      case "neu" -> (a, b) -> a != b;
      case "ltu" -> (a, b) -> !(a >= b);
      case "leu" -> (a, b) -> !(a > b);
      case "gtu" -> (a, b) -> !(a <= b);
      case "geu" -> (a, b) -> !(a < b);
      case "num" -> (a, b) -> !Double.isNaN(a) && !Double.isNaN(b);
      case "nan" -> (a, b) -> Double.isNaN(a) || Double.isNaN(b);
      default -> throw new PtxException(i.line(), "unknown comparison in " + i.opcode());
    };
  }

  private static int lanes(Test test, long[] r, int a, int b, int mask) {
    int held = 0;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      if (test.holds(r[a + lane], r[b + lane])) {
        held |= 1 << lane;
      }
    }
    return held;
  }

  /** {@code setp.cmp[.bool] p[|q], a, b[, {!}c]}: q gets the comparison's opposite. */
  private static Op setp(Decoder d, Instruction i) {
    PtxType type = i.type();
    Operand to = i.operand(0);
    Operand first = to instanceof Operand.Pair pair ? pair.first() : to;
    int p = first instanceof Operand.Sink ? -1 : d.predicate(first);
    int q =
        to instanceof Operand.Pair pair && !(pair.second() instanceof Operand.Sink)
            ? d.predicate(pair.second())
            : -1;
    int a = d.source(i.operand(1), type);
    int b = d.source(i.operand(2), type);
    Operand.Register with = i.operands().size() > 3 ? (Operand.Register) i.operand(3) : null;
    int c = with == null ? -1 : d.predicate(with);
    boolean negated = with != null && with.negated();
    String bool = with == null ? "" : i.modifiers().get(1);
    Test test = test(i, i.modifiers().get(0), type);
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            int held = lanes(test, w.r, a * Warp.LANES, b * Warp.LANES, mask);
            int other = c < 0 ? 0 : negated ? ~w.p[c] : w.p[c];
            put(w, p, mask, combined(bool, held, other));
            put(w, q, mask, combined(bool, ~held, other));
          }
        };
    op.reads(a, b);
    if (c >= 0) {
      op.readsPredicates(c);
    }
    return defining(defining(op, p), q);
  }

  private static Op defining(Op op, int predicate) {
    return predicate < 0 ? op : op.writesPredicates(predicate);
  }

  private static int combined(String bool, int held, int other) {
    return switch (bool) {
      case "and" -> held & other;
      case "or" -> held | other;
      case "xor" -> held ^ other;
      default -> held;
    };
  }

  private static void put(Warp w, int predicate, int mask, int bits) {
    if (predicate >= 0) {
      w.p[predicate] = (w.p[predicate] & ~mask) | (bits & mask);
    }
  }

  /** The comparison as a number: all ones, or 1.0 in F32. */
  private static Op set(Decoder d, Instruction i) {
    PtxType result = i.types().get(0);
    PtxType type = i.types().get(1);
    int to = d.destination(i.operand(0));
    int a = d.source(i.operand(1), type);
    int b = d.source(i.operand(2), type);
    if (i.operands().size() > 3) {
      throw new PtxException(i.line(), i.opcode() + " with a predicate is not known");
    }
    Test test = test(i, i.modifiers().get(0), type);
    long yes = result == PtxType.F32 ? Floats.bits(1f) : result.extend(-1);
    return each(test, to, a, b, yes);
  }

  private static Op each(Test test, int to, int a, int b, long yes) {
    return new Alu(
        Op.Category.INTEGER,
        (r, dd, aa, bb, cc, from, end) -> {
          for (int l = from; l < end; l++) {
            r[dd + l] = test.holds(r[aa + l], r[bb + l]) ? yes : 0;
          }
        },
        to,
        a,
        b);
  }

  private static Op selp(Decoder d, Instruction i) {
    PtxType type = i.type();
    int to = d.destination(i.operand(0));
    int a = d.source(i.operand(1), type);
    int b = d.source(i.operand(2), type);
    int p = d.predicate(i.operand(3));
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            long[] r = w.r;
            int chosen = w.p[p];
            for (int rest = mask; rest != 0; rest &= rest - 1) {
              int lane = Integer.numberOfTrailingZeros(rest);
              int from = (chosen >>> lane & 1) != 0 ? a : b;
              r[to * Warp.LANES + lane] = r[from * Warp.LANES + lane];
            }
          }
        };
    return op.reads(a, b).readsPredicates(p).writes(to);
  }

  /** {@code c >= 0 ? a : b}. */
  private static Op slct(Decoder d, Instruction i) {
    PtxType type = i.types().get(0);
    boolean single = i.types().get(1) == PtxType.F32;
    return new Alu(
        Op.Category.INTEGER,
        (r, dd, a, b, c, from, to) -> {
          for (int l = from; l < to; l++) {
            boolean positive = single ? Floats.f32(r[c + l]) >= 0 : (int) r[c + l] >= 0;
            r[dd + l] = positive ? r[a + l] : r[b + l];
          }
        },
        d.destination(i.operand(0)),
        d.source(i.operand(1), type),
        d.source(i.operand(2), type),
        d.source(i.operand(3), i.types().get(1)));
  }

  private static Op logic(Decoder d, Instruction i) {
    int to = d.predicate(i.operand(0));
    boolean constant = i.operand(1) instanceof Operand.IntegerConstant;
    int value = constant && ((Operand.IntegerConstant) i.operand(1)).value() != 0 ? -1 : 0;
    int a = constant ? -1 : d.predicate(i.operand(1));
    boolean binary = i.operands().size() > 2;
    int b = binary ? d.predicate(i.operand(2)) : -1;
    String name = i.name();
    Op op =
        new Op() {
          @Override
          void run(Warp w, int mask) {
            int x = a < 0 ? value : w.p[a];
            int bits = name.equals("not") ? ~x : binary ? combined(name, x, w.p[b]) : x;
            put(w, to, mask, bits);
          }
        };
    op.writesPredicates(to);
    return binary ? op.readsPredicates(a, b) : a < 0 ? op : op.readsPredicates(a);
  }
}
