package dev.weft.cuda.ptx;

import java.util.List;

/** What an instruction works on. */
sealed interface Operand {

  /** A register, special registers included; {@code negated} for {@code !%p}. */
  record Register(String name, boolean negated) implements Operand {}

  /** An integer constant. */
  record IntegerConstant(long value) implements Operand {}

  /**
   * A floating constant.
   *
   * @param single whether it was given by the bits of an F32
   */
  record FloatConstant(double value, int singleBits, boolean single) implements Operand {}

  /** A variable, label or function by its name. */
  record Symbol(String name) implements Operand {}

  /** {@code [base + offset]}; the base is a register, a symbol, or null. */
  record Address(Operand base, long offset) implements Operand {}

  /** {@code {a, b, …}}. */
  record Vector(List<Operand> elements) implements Operand {}

  /** {@code a|b}: two destinations. */
  record Pair(Operand first, Operand second) implements Operand {}

  /** {@code (a, b, …)}, in calls. */
  record Group(List<Operand> elements) implements Operand {}

  /** {@code _}: a destination that is not wanted. */
  record Sink() implements Operand {}
}
