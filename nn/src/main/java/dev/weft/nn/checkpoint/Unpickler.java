package dev.weft.nn.checkpoint;

import dev.weft.nn.checkpoint.PickleValue.Bytes;
import dev.weft.nn.checkpoint.PickleValue.Dict;
import dev.weft.nn.checkpoint.PickleValue.Fields;
import dev.weft.nn.checkpoint.PickleValue.FieldsOf;
import dev.weft.nn.checkpoint.PickleValue.Sequence;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle, Python's format for objects (its opcodes are described in the standard library's
 * pickletools), as data: protocol 2, which torch.save writes, and what protocols 3 and 4 add. A
 * pickle is a program for a small stack machine that may call any function by name; here only the
 * names in {@link TorchGlobals} have a meaning, which is ours, and nothing else is looked up.
 */
final class Unpickler {
  /** Values that one pickle may make: enough for tens of thousands of tensors. */
  private static final int MOST_VALUES = 2_000_000;

  private static final Object MARK = new Object();

  private final PickleInput in;
  private final TorchGlobals globals;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int values;

  private Unpickler(PickleInput in, TorchGlobals globals) {
    this.in = in;
    this.globals = globals;
  }

  /**
   * Reads one pickle and leaves {@code in} behind it.
   *
   * @throws CheckpointException one line that names the file
   */
  static Object read(PickleInput in, TorchGlobals globals) {
    return new Unpickler(in, globals).run();
  }

  private Object run() {
    if (in.unsignedByte() != 0x80) {
      throw in.error("not a pickle of protocol 2 or later");
    }
    requireProtocol();
    while (true) {
      int opcode = in.unsignedByte();
      if (opcode == '.') {
        Object result = pop();
        if (!stack.isEmpty()) {
          throw in.error("pickle: ends with more than one value");
        }
        return result;
      }
      step(opcode);
    }
  }

  private void requireProtocol() {
    int protocol = in.unsignedByte();
    if (protocol < 2 || protocol > 5) {
      throw in.error("pickle: protocol " + protocol + "; known are 2 to 5");
    }
  }

  /** Opcodes that push what follows them; the others change what is on the stack. */
  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> requireProtocol();
      case 0x95 -> in.longInteger(); // a frame's length, which nobody needs
      case '(' -> push(MARK);
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) in.unsignedByte());
      case 'M' -> push((long) in.unsignedShort());
      case 'J' -> push((long) in.integer());
      case 0x8a -> push(in.bigInteger(in.unsignedByte()));
      case 0x8b -> push(in.bigInteger(in.integer()));
      case 'G' -> push(in.bigEndianDouble());
      case 'X' -> push(in.text(in.unsignedInteger()));
      case 0x8c, 'U' -> push(in.text(in.unsignedByte()));
      case 0x8d -> push(in.text(in.longInteger()));
      case 'T' -> push(in.text(in.integer()));
      case 'C' -> pushBytes(in.unsignedByte());
      case 'B' -> pushBytes(in.unsignedInteger());
      case 0x8e, 0x96 -> pushBytes(in.longInteger());
      case ']', ')', 0x8f -> push(new Sequence());
      case '}' -> push(new Dict());
      case 'c' -> push(globals.find(in.line(), in.line()));
      default -> change(opcode);
    }
  }

  private void change(int opcode) {
    switch (opcode) {
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> push(top());
      case 'q' -> put(in.unsignedByte());
      case 'r' -> put(in.unsignedInteger());
      case 0x94 -> put(memo.size());
      case 'h' -> get(in.unsignedByte());
      case 'j' -> get(in.unsignedInteger());
      case 'l', 't', 0x91 -> push(new Sequence(popToMark()));
      case 0x85 -> pushTuple(1);
      case 0x86 -> pushTuple(2);
      case 0x87 -> pushTuple(3);
      case 'd' -> pushDict();
      case 'a' -> append(pop());
      case 'e', 0x90 -> popToMark().forEach(extended()::add);
      case 's' -> setItem();
      case 'u' -> setItems(popToMark());
      case 0x93 -> pushGlobal();
      case 'R' -> call();
      case 0x81 -> make();
      case 'b' -> build();
      case 'Q' -> push(globals.storage(pop()));
      default ->
          throw in.error("pickle: opcode 0x%02x is none that torch.save writes".formatted(opcode));
    }
  }

  private void push(Object value) {
    count();
    stack.add(value);
  }

  private void count() {
    if (++values > MOST_VALUES) {
      throw in.error("pickle: makes more than " + MOST_VALUES + " values");
    }
  }

  private void pushBytes(long length) {
    in.skip(length);
    push(new Bytes());
  }

  private Object pop() {
    if (stack.isEmpty() || stack.getLast() == MARK) {
      throw in.error("pickle: takes a value where there is none");
    }
    return stack.removeLast();
  }

  private Object top() {
    Object value = pop();
    stack.add(value);
    return value;
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw in.error("pickle: takes values up to a mark where there is none");
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    List<Object> taken = new ArrayList<>(above);
    above.clear();
    stack.removeLast();
    return taken;
  }

  private void put(long index) {
    count();
    memo.put(index, top());
  }

  private void get(long index) {
    Object value = memo.get(index);
    if (value == null && !memo.containsKey(index)) {
      throw in.error("pickle: refers to value " + index + ", which was not stored");
    }
    push(value);
  }

  private void pushTuple(int size) {
    List<Object> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      items.addFirst(pop());
    }
    push(new Sequence(items));
  }

  private void pushDict() {
    List<Object> items = popToMark();
    push(new Dict());
    setItems(items);
  }

  private void append(Object item) {
    extended().add(item);
  }

  /** The list on top. */
  private List<Object> extended() {
    if (top() instanceof Sequence list) {
      return list.items;
    }
    throw in.error("pickle: appends to what is no list");
  }

  private void setItem() {
    Object value = pop();
    Object key = pop();
    set(key, value);
  }

  private void setItems(List<Object> items) {
    if (items.size() % 2 != 0) {
      throw in.error("pickle: a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      set(items.get(i), items.get(i + 1));
    }
  }

  private void set(Object key, Object value) {
    if (!(top() instanceof Dict dict)) {
      throw in.error("pickle: sets a key of what is no dict");
    }
    switch (key) {
      case String _, Long _, Double _, Boolean _, BigInteger _ -> dict.entries.put(key, value);
      case null, default -> throw in.error("pickle: a key that is neither text nor number");
    }
  }

  private void pushGlobal() {
    Object name = pop();
    Object module = pop();
    if (!(name instanceof String text) || !(module instanceof String where)) {
      throw in.error("pickle: a name that is no text");
    }
    push(globals.find(where, text));
  }

  private void call() {
    List<Object> arguments = arguments();
    Object called = pop();
    if (!(called instanceof PickleValue.Function function)) {
      throw in.error("pickle: calls what is no function");
    }
    push(function.apply(arguments));
  }

  private void make() {
    List<Object> arguments = arguments();
    switch (pop()) {
      case FieldsOf _ when arguments.isEmpty() -> push(new Fields());
      case PickleValue.Function function -> push(function.apply(arguments));
      case null, default -> throw in.error("pickle: makes an object of what is no class");
    }
  }

  private List<Object> arguments() {
    if (pop() instanceof Sequence sequence) {
      return sequence.items;
    }
    throw in.error("pickle: a call without arguments");
  }

  /**
   * Gives an object its fields; those of an OrderedDict, torch's {@code _metadata}, are left out.
   */
  private void build() {
    Object state = pop();
    Object target = top();
    if (!(state instanceof Dict fields) || !(target instanceof Dict || target instanceof Fields)) {
      throw in.error("pickle: sets the fields of what has none");
    }
    if (target instanceof Fields object) {
      fields.entries.forEach((name, value) -> object.values.put(String.valueOf(name), value));
    }
  }
}
