package dev.weft.cuda.ptx;

import java.util.ArrayList;
import java.util.List;

/**
 * One instruction as it is written.
 *
 * @param line of the text, from 1
 * @param guard the predicate register that must hold, or null
 * @param name the opcode without modifiers
 * @param modifiers what follows it between dots
 * @param operands destinations first
 */
record Instruction(
    int line, Operand.Register guard, String name, List<String> modifiers, List<Operand> operands) {

  boolean has(String modifier) {
    return modifiers.contains(modifier);
  }

  /** The types among the modifiers, in order. */
  List<PtxType> types() {
    List<PtxType> types = new ArrayList<>();
    for (String modifier : modifiers) {
      PtxType type = PtxType.named(modifier);
      if (type != null) {
        types.add(type);
      }
    }
    return types;
  }

  /** The only or first type. */
  PtxType type() {
    List<PtxType> types = types();
    if (types.isEmpty()) {
      throw new PtxException(line, opcode() + " names no type");
    }
    return types.get(0);
  }

  Operand operand(int index) {
    if (index >= operands.size()) {
      throw new PtxException(line, opcode() + " lacks operand " + (index + 1));
    }
    return operands.get(index);
  }

  /** The opcode with all modifiers. */
  String opcode() {
    return modifiers.isEmpty() ? name : name + "." + String.join(".", modifiers);
  }
}
