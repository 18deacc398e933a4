package dev.weft.cuda.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads PTX text; PTX ISA, chapters 4 (syntax) and 5 (state spaces, types, variables). */
final class Parser {
  private static final Set<String> SPACES =
      Set.of(".global", ".const", ".shared", ".local", ".param");

  /** Directives about speed or debugging that a function's head may carry, each with numbers. */
  private static final Set<String> TUNING =
      Set.of(".maxntid", ".reqntid", ".minnctapersm", ".maxnreg", ".maxnctapersm", ".noreturn");

  private final TokenStream in;
  private final List<PtxVariable> variables = new ArrayList<>();
  private final Map<String, PtxFunction> functions = new LinkedHashMap<>();
  private String version = "";
  private String target = "";

  // Of the function being read. Names declared in an inner block are unique by their number.
  private Map<String, PtxType> registers = Map.of();
  private List<PtxVariable> locals = List.of();
  private List<Instruction> body = List.of();
  private Map<String, Integer> labels = Map.of();
  private final Deque<Map<String, String>> scopes = new ArrayDeque<>();
  private int blocks;

  private Parser(String text) {
    this.in = new TokenStream(text);
  }

  static PtxModule parse(String text) {
    Parser parser = new Parser(text);
    while (!parser.in.atEnd()) {
      parser.moduleStatement();
    }
    return new PtxModule(parser.version, parser.target, parser.variables, parser.functions);
  }

  private void moduleStatement() {
    String word = in.word();
    switch (word) {
      case ".version" -> version = in.take().text();
      case ".target" -> targets();
      case ".address_size" -> addressSize();
      case ".visible", ".extern", ".weak", ".common" -> {}
      case ".entry" -> function(true);
      case ".func" -> function(false);
      case ".file" -> skipFile();
      case ".section" -> skipSection();
      default -> {
        if (!SPACES.contains(word)) {
          throw new PtxException(in.line(), "unknown directive " + word);
        }
        variables.addAll(variables(word));
        in.expect(";");
      }
    }
  }

  private void targets() {
    target = in.word();
    while (in.accept(",")) {
      in.word();
    }
  }

  private void addressSize() {
    if (in.integer() != 64) {
      throw new PtxException(in.line(), "only 64-bit addresses are known");
    }
  }

  private void skipFile() {
    in.take();
    in.take();
    while (in.accept(",")) {
      in.take();
    }
  }

  private void skipSection() {
    while (!in.accept("}")) {
      in.take();
    }
  }

  // ---- Functions -----------------------------------------------------------------------------

  private void function(boolean entry) {
    registers = new HashMap<>();
    locals = new ArrayList<>();
    body = new ArrayList<>();
    labels = new HashMap<>();
    scopes.clear();
    scopes.push(new HashMap<>());
    List<PtxVariable> results = in.peek().is("(") ? parameters() : List.of();
    String name = in.word();
    List<PtxVariable> parameters = in.peek().is("(") ? parameters() : List.of();
    while (TUNING.contains(in.peek().text())) {
      in.take();
      while (in.peek().kind() == Lexer.Kind.NUMBER || in.peek().is(",")) {
        in.take();
      }
    }
    if (in.accept(";")) {
      return;
    }
    in.expect("{");
    block();
    functions.put(
        name, new PtxFunction(name, entry, results, parameters, registers, locals, body, labels));
  }

  private List<PtxVariable> parameters() {
    List<PtxVariable> parameters = new ArrayList<>();
    in.expect("(");
    while (!in.accept(")")) {
      in.expect(".param");
      parameters.addAll(variables(".param"));
      in.accept(",");
    }
    return parameters;
  }

  private void block() {
    while (!in.accept("}")) {
      if (in.atEnd()) {
        throw in.error("'}' expected");
      }
      statement();
    }
    scopes.pop();
  }

  private void statement() {
    if (in.accept("{")) {
      scopes.push(new HashMap<>());
      blocks++;
      block();
    } else if (in.labelAhead()) {
      labels.put(in.word(), body.size());
      in.expect(":");
    } else if (in.peek().is(".reg")) {
      in.take();
      registers();
    } else if (SPACES.contains(in.peek().text())) {
      locals.addAll(variables(in.word()));
      in.expect(";");
    } else if (in.peek().is(".loc")) {
      skipLocation();
    } else if (in.peek().is(".pragma")) {
      in.skipStatement();
    } else {
      instruction();
    }
  }

  private void skipLocation() {
    int line = in.line();
    while (in.line() == line) {
      in.take();
    }
  }

  private void registers() {
    String word = in.word();
    PtxType type = PtxType.named(word.substring(1));
    if (type == null) {
      throw in.error("unknown register type " + word);
    }
    do {
      String name = in.word();
      if (in.accept("<")) {
        int count = in.integer();
        in.expect(">");
        for (int i = 0; i < count; i++) {
          declareRegister(name + i, type);
        }
      } else {
        declareRegister(name, type);
      }
    } while (in.accept(","));
    in.expect(";");
  }

  private void declareRegister(String name, PtxType type) {
    registers.put(declare(name), type);
  }

  private String declare(String name) {
    String unique = scopes.size() == 1 ? name : name + "#" + blocks;
    scopes.element().put(name, unique);
    return unique;
  }

  private String resolved(String name) {
    for (Map<String, String> scope : scopes) {
      String unique = scope.get(name);
      if (unique != null) {
        return unique;
      }
    }
    return name;
  }

  // ---- Variables -----------------------------------------------------------------------------

  /** One or more variables after their state space, without what ends the list. */
  private List<PtxVariable> variables(String space) {
    int align = 0;
    int vector = 1;
    PtxType type = null;
    while (in.peek().text().startsWith(".")) {
      String word = in.word();
      switch (word) {
        case ".align" -> {
          int given = in.integer();
          // After a type it is ".ptr .align N": how a pointer's target is aligned, not the pointer.
          align = type == null ? given : align;
        }
        case ".v2" -> vector = 2;
        case ".v4" -> vector = 4;
        case ".ptr", ".global", ".shared", ".const", ".local" -> {}
        default -> type = PtxType.named(word.substring(1));
      }
    }
    if (type == null) {
      throw in.error("a variable without a known type");
    }
    if (space.equals(".param") && align < type.bytes()) {
      align = type.bytes();
    }
    List<PtxVariable> found = new ArrayList<>();
    do {
      found.add(variable(space, Math.max(align, type.bytes() * vector), type, vector));
    } while (!space.equals(".param") && in.accept(","));
    return found;
  }

  private PtxVariable variable(String space, int align, PtxType type, int vector) {
    String name = in.word();
    String unique = scopes.isEmpty() || space.equals(".global") ? name : declare(name);
    int count = vector;
    while (in.accept("[")) {
      count *= in.peek().is("]") ? 0 : in.integer();
      in.expect("]");
    }
    int bytes = count * type.bytes();
    byte[] initial = in.accept("=") ? initial(type, bytes) : null;
    return new PtxVariable(space.substring(1), unique, align, bytes, initial);
  }

  private byte[] initial(PtxType type, int bytes) {
    byte[] content = new byte[bytes];
    boolean list = in.accept("{");
    int at = 0;
    do {
      boolean negative = in.accept("-");
      Operand constant = Literals.of(in.take(), negative);
      long bits = Constants.bits(constant, type);
      for (int i = 0; i < type.bytes(); i++) {
        content[at++] = (byte) (bits >>> (8 * i));
      }
    } while (list && in.accept(","));
    if (list) {
      in.expect("}");
    }
    return content;
  }

  // ---- Instructions --------------------------------------------------------------------------

  private void instruction() {
    int line = in.line();
    Operand.Register guard = null;
    if (in.accept("@")) {
      boolean negated = in.accept("!");
      guard = new Operand.Register(resolved(in.word()), negated);
    }
    String[] parts = in.word().split("\\.");
    List<Operand> operands = new ArrayList<>();
    while (!in.accept(";")) {
      operands.add(operand());
      if (!in.accept(",") && !in.peek().is(";")) {
        throw in.error("',' or ';' expected");
      }
    }
    List<String> modifiers = List.of(parts).subList(1, parts.length);
    body.add(new Instruction(line, guard, parts[0], modifiers, operands));
  }

  private Operand operand() {
    Operand first = single();
    return in.accept("|") ? new Operand.Pair(first, single()) : first;
  }

  private Operand single() {
    if (in.accept("[")) {
      Operand address = address();
      in.expect("]");
      return address;
    }
    if (in.accept("{")) {
      return new Operand.Vector(list("}"));
    }
    if (in.accept("(")) {
      return new Operand.Group(list(")"));
    }
    if (in.accept("!")) {
      return new Operand.Register(resolved(in.word()), true);
    }
    boolean negative = in.accept("-");
    if (in.peek().kind() == Lexer.Kind.NUMBER) {
      return Literals.of(in.take(), negative);
    }
    String name = in.word();
    if (name.equals("_")) {
      return new Operand.Sink();
    }
    Operand named = named(name);
    if (in.accept("+")) {
      return new Operand.Address(named, offset());
    }
    return named;
  }

  private Operand named(String name) {
    String unique = resolved(name);
    boolean register = registers.containsKey(unique) || name.startsWith("%");
    return register ? new Operand.Register(unique, false) : new Operand.Symbol(unique);
  }

  private List<Operand> list(String end) {
    List<Operand> elements = new ArrayList<>();
    while (!in.accept(end)) {
      elements.add(operand());
      in.accept(",");
    }
    return elements;
  }

  private Operand address() {
    if (in.peek().kind() == Lexer.Kind.NUMBER) {
      return new Operand.Address(null, Literals.integer(in.take()));
    }
    Operand base = named(in.word());
    return new Operand.Address(base, in.accept("+") ? offset() : 0);
  }

  private long offset() {
    boolean negative = in.accept("-");
    long value = Literals.integer(in.take());
    return negative ? -value : value;
  }
}
