package dev.weft.cuda.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns a kernel's instructions into operations on numbered registers. */
final class Decoder {
  private final PtxFunction function;
  private final Registers registers;
  private final Map<String, Long> addresses = new HashMap<>();
  private int line;
  private int sharedBytes;
  private int localBytes;

  /** The finest access to shared memory, which is what races are watched at. */
  private int sharedGranule = 4;

  private Decoder(PtxFunction function, Map<String, Long> known) {
    this.function = function;
    this.registers = new Registers(function.registers());
    addresses.putAll(known);
  }

  /**
   * Decodes a kernel.
   *
   * @param known addresses of the module's global and constant variables
   */
  static Kernel decode(
      PtxModule module, PtxFunction kernel, Map<String, Long> known, byte[] constants) {
    PtxFunction function = Inliner.inlined(module, kernel);
    Decoder decoder = new Decoder(function, known);
    decoder.layOut(module.variables());
    decoder.layOut(function.variables());
    decoder.layOutParameters();
    List<Op> ops = new ArrayList<>();
    for (Instruction i : function.body()) {
      ops.add(decoder.decode(i));
    }
    ControlFlow.resolve(ops);
    Kernel.Layout layout =
        new Kernel.Layout(decoder.sharedBytes, decoder.sharedGranule, decoder.localBytes);
    return new Kernel(
        function.name(), ops, decoder.registers, layout, function.parameters(), constants);
  }

  private void layOut(List<PtxVariable> variables) {
    for (PtxVariable variable : variables) {
      if (variable.space().equals("shared")) {
        sharedBytes = variable.aligned(sharedBytes);
        addresses.put(variable.name(), (long) sharedBytes);
        sharedBytes += variable.bytes();
      } else if (variable.space().equals("local")) {
        localBytes = variable.aligned(localBytes);
        addresses.put(variable.name(), (long) localBytes);
        localBytes += variable.bytes();
      }
    }
  }

  private void layOutParameters() {
    int at = 0;
    for (PtxVariable parameter : function.parameters()) {
      at = parameter.aligned(at);
      addresses.put(parameter.name(), (long) at);
      at += parameter.bytes();
    }
  }

  private Op decode(Instruction i) {
    line = i.line();
    Op op = null;
    try {
      op = family(i);
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      throw new PtxException(i.line(), i.opcode() + ": operands that it does not take");
    }
    if (op == null) {
      throw new PtxException(i.line(), "unknown instruction " + i.opcode());
    }
    op.line = i.line();
    op.opcode = i.opcode();
    if (i.guard() != null) {
      op.guard = predicate(i.guard());
      op.guardNegated = i.guard().negated();
    }
    return op;
  }

  private Op family(Instruction i) {
    if (i.has("branchtargets")) {
      return new MemoryOps.Nothing();
    }
    Op op = ControlOps.decode(this, i);
    op = op != null ? op : WarpOps.decode(this, i);
    op = op != null ? op : MemoryOps.decode(this, i);
    op = op != null ? op : MatrixOps.decode(this, i);
    if (op != null || i.types().isEmpty()) {
      return op;
    }
    op = CompareOps.decode(this, i);
    op = op != null ? op : MoveOps.decode(this, i);
    return op != null ? op : arithmetic(i);
  }

  private Op arithmetic(Instruction i) {
    PtxType type = i.type();
    Alu.Lanes lanes = type.isFloat() ? FloatOps.of(i, type) : IntegerOps.of(i, type);
    if (lanes == null && !type.isFloat()) {
      lanes = BitOps.of(i, type);
    }
    if (lanes == null || i.has("cc")) {
      return null;
    }
    int to = destination(i.operand(0));
    int[] from = new int[i.operands().size() - 1];
    for (int k = 0; k < from.length; k++) {
      from[k] = source(i.operand(k + 1), typeOf(i, k, type));
    }
    return new Alu(type.isFloat() ? Op.Category.FLOAT : Op.Category.INTEGER, lanes, to, from);
  }

  /** The type of a constant operand: amounts of shifts have 32 bits, a wide sum's last has all. */
  private static PtxType typeOf(Instruction i, int operand, PtxType type) {
    boolean amount = operand > 0 && (i.name().equals("shl") || i.name().equals("shr"));
    boolean wide = operand == 2 && i.has("wide");
    return amount || (i.name().equals("bfe") && operand > 0)
        ? PtxType.U32
        : wide ? (type.bits() == 16 ? PtxType.S32 : PtxType.S64) : type;
  }

  // ---- Operands ------------------------------------------------------------------------------

  /** The register that holds an operand; constants and addresses of variables have one too. */
  int source(Operand operand, PtxType type) {
    return switch (operand) {
      case Operand.Register(String name, boolean negated) -> registers.number(line, name);
      case Operand.IntegerConstant constant -> registers.constant(Constants.bits(constant, type));
      case Operand.FloatConstant constant -> registers.constant(Constants.bits(constant, type));
      case Operand.Symbol(String name) -> registers.constant(address(name));
      case Operand.Address(Operand base, long offset) ->
          registers.constant(address(((Operand.Symbol) base).name()) + offset);
      default -> throw new PtxException(line, operand + " is not a value");
    };
  }

  int[] sources(List<Operand> operands, PtxType type) {
    return operands.stream().mapToInt(operand -> source(operand, type)).toArray();
  }

  int destination(Operand operand) {
    return switch (operand) {
      case Operand.Register(String name, boolean negated) -> registers.number(line, name);
      case Operand.Sink sink -> registers.fresh("_");
      default -> throw new PtxException(line, operand + " cannot be written to");
    };
  }

  int[] destinations(List<Operand> operands) {
    return operands.stream().mapToInt(this::destination).toArray();
  }

  int predicate(Operand operand) {
    return registers.predicate(line, ((Operand.Register) operand).name());
  }

  /** A base register and an offset in bytes. */
  record Place(int base, long offset) {}

  Place place(Instruction i, Operand operand) {
    if (!(operand instanceof Operand.Address(Operand base, long offset))) {
      throw new PtxException(i.line(), i.opcode() + ": an address in brackets expected");
    }
    int register = base == null ? registers.constant(0) : source(base, PtxType.U64);
    return new Place(register, offset);
  }

  /** The state space of an access; notes how fine those of shared memory are. */
  Space space(Instruction i, Operand operand) {
    String name = MemoryOps.space(i);
    if (name.equals("shared") || name.equals("generic")) {
      sharedGranule = Math.min(sharedGranule, i.type().bytes());
    }
    return Space.named(i.line(), name);
  }

  int label(Instruction i, Operand operand) {
    String name = ((Operand.Symbol) operand).name();
    Integer at = function.labels().get(name);
    if (at == null) {
      throw new PtxException(i.line(), "no label " + name);
    }
    return at;
  }

  /** The targets of an indexed branch, which are listed behind the label that it names. */
  List<Integer> targets(Instruction i) {
    Instruction table = function.body().get(label(i, i.operand(1)));
    return table.operands().stream().map(operand -> label(table, operand)).toList();
  }

  private long address(String name) {
    Long address = addresses.get(name);
    if (address == null) {
      throw new PtxException(line, "no variable " + name);
    }
    return address;
  }
}
