package dev.weft.cuda.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the bodies of called functions where they are called; PTX ISA, chapters 7 (ABI) and 9.7.12.5
 * (call). Every call gets registers, labels and variables of its own; parameters, which a caller
 * declares in state space {@code .param}, become local memory. A function that calls itself, and a
 * call through a register, are refused.
 */
final class Inliner {
  private final PtxModule module;
  private final Map<String, PtxType> registers = new HashMap<>();
  private final List<PtxVariable> variables = new ArrayList<>();
  private final List<Instruction> body = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Deque<String> open = new ArrayDeque<>();
  private int calls;

  private Inliner(PtxModule module) {
    this.module = module;
  }

  /** The kernel without calls; itself, if it has none. */
  static PtxFunction inlined(PtxModule module, PtxFunction kernel) {
    if (kernel.body().stream().noneMatch(i -> i.name().equals("call"))) {
      return kernel;
    }
    Inliner inliner = new Inliner(module);
    inliner.add(kernel, new Names(kernel, "", Map.of()), null);
    return new PtxFunction(
        kernel.name(),
        true,
        List.of(),
        kernel.parameters(),
        inliner.registers,
        inliner.variables,
        inliner.body,
        inliner.labels);
  }

  /**
   * What a function's names are called here.
   *
   * @param suffix what makes this call's names its own
   * @param parameters the variables that stand for the function's parameters and results
   */
  private record Names(PtxFunction function, String suffix, Map<String, String> parameters) {

    boolean isParameter(String name) {
      return parameters.containsKey(name)
          || function.variables().stream()
              .anyMatch(v -> v.name().equals(name) && v.space().equals("param"));
    }

    String of(String name) {
      String given = parameters.get(name);
      if (given != null) {
        return given;
      }
      boolean own =
          function.registers().containsKey(name)
              || function.labels().containsKey(name)
              || function.variables().stream().anyMatch(v -> v.name().equals(name));
      return own ? name + suffix : name;
    }

    Operand of(Operand operand) {
      return switch (operand) {
        case Operand.Register(String name, boolean negated) ->
            new Operand.Register(of(name), negated);
        case Operand.Symbol(String name) -> new Operand.Symbol(of(name));
        case Operand.Address(Operand base, long offset) ->
            new Operand.Address(base == null ? null : of(base), offset);
        case Operand.Vector(List<Operand> parts) -> new Operand.Vector(all(parts));
        case Operand.Group(List<Operand> parts) -> new Operand.Group(all(parts));
        case Operand.Pair(Operand first, Operand second) -> new Operand.Pair(of(first), of(second));
        default -> operand;
      };
    }

    List<Operand> all(List<Operand> operands) {
      return operands.stream().map(this::of).toList();
    }

    Operand.Register of(Operand.Register guard) {
      return guard == null ? null : new Operand.Register(of(guard.name()), guard.negated());
    }
  }

  /** Appends a function's instructions; its returns go to {@code end}, a kernel's stay. */
  private void add(PtxFunction function, Names names, String end) {
    if (open.contains(function.name())) {
      throw new PtxException("call: " + function.name() + " calls itself");
    }
    open.push(function.name());
    function.registers().forEach((name, type) -> registers.put(names.of(name), type));
    for (PtxVariable v : function.variables()) {
      String space = v.space().equals("param") ? "local" : v.space();
      variables.add(new PtxVariable(space, names.of(v.name()), v.align(), v.bytes(), v.initial()));
    }
    for (int at = 0; at < function.body().size(); at++) {
      mark(function, names, at);
      Instruction i = function.body().get(at);
      if (i.name().equals("call")) {
        call(i, names);
      } else if (i.name().equals("ret") && end != null) {
        body.add(jump(i, names.of(i.guard()), end));
      } else {
        body.add(renamed(i, names));
      }
    }
    mark(function, names, function.body().size());
    open.pop();
  }

  private void mark(PtxFunction function, Names names, int at) {
    function
        .labels()
        .forEach(
            (label, index) -> {
              if (index == at) {
                labels.put(names.of(label), body.size());
              }
            });
  }

  private static Instruction jump(Instruction i, Operand.Register guard, String label) {
    List<Operand> target = List.of(new Operand.Symbol(label));
    return new Instruction(i.line(), guard, "bra", List.of(), target);
  }

  private static Instruction renamed(Instruction i, Names names) {
    List<String> modifiers = i.modifiers();
    for (Operand operand : i.operands()) {
      if (operand instanceof Operand.Address(Operand.Symbol(String name), long offset)
          && names.isParameter(name)) {
        modifiers = modifiers.stream().map(m -> m.equals("param") ? "local" : m).toList();
      }
    }
    return new Instruction(
        i.line(), names.of(i.guard()), i.name(), modifiers, names.all(i.operands()));
  }

  private void call(Instruction i, Names names) {
    List<Operand> operands = names.all(i.operands());
    boolean returns = !operands.isEmpty() && operands.get(0) instanceof Operand.Group;
    List<Operand> results = returns ? ((Operand.Group) operands.get(0)).elements() : List.of();
    int at = returns ? 1 : 0;
    if (operands.size() <= at || !(operands.get(at) instanceof Operand.Symbol(String callee))) {
      throw new PtxException(i.line(), i.opcode() + ": a function's name expected");
    }
    PtxFunction function = module.functions().get(callee);
    if (function == null) {
      throw new PtxException(i.line(), i.opcode() + ": no function " + callee);
    }
    List<Operand> given =
        operands.size() > at + 1 && operands.get(at + 1) instanceof Operand.Group(List<Operand> all)
            ? all
            : List.of();
    Map<String, String> parameters = new HashMap<>();
    bind(i, function.results(), results, parameters);
    bind(i, function.parameters(), given, parameters);
    String suffix = "@" + calls++;
    String end = "end" + suffix;
    if (i.guard() != null) {
      Operand.Register guard = names.of(i.guard());
      body.add(jump(i, new Operand.Register(guard.name(), !guard.negated()), end));
    }
    add(function, new Names(function, suffix, parameters), end);
    labels.put(end, body.size());
  }

  private static void bind(
      Instruction i, List<PtxVariable> formal, List<Operand> given, Map<String, String> to) {
    if (formal.size() != given.size()) {
      throw new PtxException(
          i.line(), i.opcode() + ": " + given.size() + " values for " + formal.size());
    }
    for (int k = 0; k < formal.size(); k++) {
      if (!(given.get(k) instanceof Operand.Symbol(String name))) {
        throw new PtxException(i.line(), i.opcode() + ": only .param variables can be passed");
      }
      to.put(formal.get(k).name(), name);
    }
  }
}
