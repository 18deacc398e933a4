package dev.weft.nn.checkpoint;

import dev.weft.nn.checkpoint.PickleValue.Bytes;
import dev.weft.nn.checkpoint.PickleValue.Dict;
import dev.weft.nn.checkpoint.PickleValue.ElementType;
import dev.weft.nn.checkpoint.PickleValue.FieldsOf;
import dev.weft.nn.checkpoint.PickleValue.Function;
import dev.weft.nn.checkpoint.PickleValue.Global;
import dev.weft.nn.checkpoint.PickleValue.Place;
import dev.weft.nn.checkpoint.PickleValue.Sequence;
import dev.weft.nn.checkpoint.PickleValue.StorageRef;
import dev.weft.nn.checkpoint.PickleValue.TensorRef;
import dev.weft.nn.checkpoint.PickleValue.Untyped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the names mean that a pickle by torch.save may use: tensors, parameters, element types,
 * containers. Each meaning is a few lines here that make data of data; every other name is refused.
 */
final class TorchGlobals {
  private static final Map<String, StoredType> STORAGES =
      Map.of(
          "DoubleStorage", StoredType.F64,
          "FloatStorage", StoredType.F32,
          "HalfStorage", StoredType.F16,
          "BFloat16Storage", StoredType.BF16,
          "LongStorage", StoredType.I64,
          "IntStorage", StoredType.I32,
          "ShortStorage", StoredType.I16,
          "CharStorage", StoredType.I8,
          "ByteStorage", StoredType.U8,
          "BoolStorage", StoredType.BOOL);

  private static final Map<String, StoredType> TYPES =
      Map.ofEntries(
          Map.entry("float64", StoredType.F64),
          Map.entry("float32", StoredType.F32),
          Map.entry("float16", StoredType.F16),
          Map.entry("bfloat16", StoredType.BF16),
          Map.entry("int64", StoredType.I64),
          Map.entry("int32", StoredType.I32),
          Map.entry("int16", StoredType.I16),
          Map.entry("int8", StoredType.I8),
          Map.entry("uint64", StoredType.U64),
          Map.entry("uint32", StoredType.U32),
          Map.entry("uint16", StoredType.U16),
          Map.entry("uint8", StoredType.U8),
          Map.entry("bool", StoredType.BOOL));

  private final String source;
  private final boolean compiled;
  private final Map<String, Global> known = new HashMap<>();
  private final Map<String, StorageRef> storages = new LinkedHashMap<>();

  /**
   * The names of one file.
   *
   * @param source for errors
   * @param compiled whether the file is a compiled module (TorchScript), whose classes are bags of
   *     fields
   */
  TorchGlobals(String source, boolean compiled) {
    this.source = source;
    this.compiled = compiled;
    Function tensor = this::tensor;
    Function parameter = arguments -> at(arguments, 0, TensorRef.class, "a parameter");
    known.put("torch._utils._rebuild_tensor", tensor);
    known.put("torch._utils._rebuild_tensor_v2", tensor);
    known.put("torch._utils._rebuild_tensor_v3", (Function) this::typedTensor);
    known.put("torch._utils._rebuild_parameter", parameter);
    known.put("torch._utils._rebuild_parameter_with_state", parameter);
    known.put("torch.nn.parameter.Parameter", parameter);
    known.put("torch.Tensor", (Function) arguments -> refuse("a call of torch.Tensor"));
    known.put("torch._tensor._rebuild_from_type_v2", (Function) this::tensorWithState);
    known.put("torch.device", (Function) _ -> new Place());
    STORAGES.forEach((name, type) -> known.put("torch." + name, new ElementType(type)));
    STORAGES.forEach((name, type) -> known.put("torch.cuda." + name, new ElementType(type)));
    TYPES.forEach((name, type) -> known.put("torch." + name, new ElementType(type)));
    for (String name : List.of("torch.storage.", "torch.storage._", "torch.")) {
      known.put(name + "UntypedStorage", new Untyped());
    }
    addContainers();
  }

  private void addContainers() {
    Function dict = this::dict;
    Function sequence = this::sequence;
    known.put("collections.OrderedDict", dict);
    known.put("collections.defaultdict", (Function) _ -> new Dict());
    known.put("collections.Counter", dict);
    known.put("torch.Size", sequence);
    known.put("_codecs.encode", (Function) _ -> new Bytes());
    for (String module : List.of("builtins.", "__builtin__.")) {
      known.put(module + "dict", dict);
      known.put(module + "list", sequence);
      known.put(module + "set", sequence);
      known.put(module + "frozenset", sequence);
      known.put(module + "bytearray", (Function) _ -> new Bytes());
    }
    if (compiled) {
      for (String type : List.of("int", "double", "bool", "tensor")) {
        known.put("torch.jit._pickle.build_" + type + "list", sequence);
      }
      known.put(
          "torch.jit._pickle.restore_type_tag",
          (Function) arguments -> at(arguments, 0, Object.class, "a typed value"));
    }
  }

  /** What a name stands for. */
  Global find(String module, String name) {
    Global found = known.get(module + "." + name);
    if (found != null) {
      return found;
    }
    if (compiled && (module.equals("__torch__") || module.startsWith("__torch__."))) {
      return new FieldsOf(name);
    }
    throw error(
        "pickle asks for "
            + Quoted.of(module + "." + name)
            + ", which is no part of a state dict; nothing was run");
  }

  /** The storages that were referred to, by key. */
  Map<String, StorageRef> storages() {
    return storages;
  }

  /**
   * The storage of a persistent id: {@code ("storage", class, key, device, length)} and, before
   * PyTorch 0.4, {@code (key, offset, length)} of a part of it.
   */
  StorageRef storage(Object id) {
    List<Object> items = at(List.of(id == null ? "" : id), 0, Sequence.class, "a storage").items;
    if (items.size() < 5 || !"storage".equals(items.get(0))) {
      throw error("pickle: refers outside itself to what is no storage");
    }
    StoredType type =
        switch (items.get(1)) {
          case ElementType element -> element.type();
          case Untyped _ -> null;
          case null, default -> throw error("pickle: a storage without a known class");
        };
    String key = at(items, 2, String.class, "a storage");
    long length = at(items, 4, Long.class, "a storage");
    StorageRef whole = new StorageRef(type, key, 0, length);
    storages.putIfAbsent(key, whole);
    if (items.size() > 5 && items.get(5) instanceof Sequence part) {
      long start = at(part.items, 1, Long.class, "a storage's part");
      return new StorageRef(type, key, start, at(part.items, 2, Long.class, "a storage's part"));
    }
    return whole;
  }

  /** {@code (storage, offset, size, stride, …)}; the rest is for autograd. */
  private TensorRef tensor(List<Object> arguments) {
    StorageRef storage = at(arguments, 0, StorageRef.class, "a tensor");
    return tensor(arguments, storage, storage.type());
  }

  /** The same with the element type as seventh argument. */
  private TensorRef typedTensor(List<Object> arguments) {
    StorageRef storage = at(arguments, 0, StorageRef.class, "a tensor");
    return tensor(arguments, storage, at(arguments, 6, ElementType.class, "a tensor").type());
  }

  private TensorRef tensor(List<Object> arguments, StorageRef storage, StoredType type) {
    return new TensorRef(
        storage,
        type,
        at(arguments, 1, Long.class, "a tensor"),
        at(arguments, 2, Sequence.class, "a tensor").items,
        at(arguments, 3, Sequence.class, "a tensor").items);
  }

  /** {@code (function, class, arguments, state)}; the state is Python's own. */
  private Object tensorWithState(List<Object> arguments) {
    Function function = at(arguments, 0, Function.class, "a tensor");
    // Only functions that look at their arguments and no deeper: a pickle may contain itself.
    if (function.equals(known.get("torch._tensor._rebuild_from_type_v2"))) {
      throw error("pickle: a tensor inside a tensor");
    }
    return function.apply(at(arguments, 2, Sequence.class, "a tensor").items);
  }

  /** An empty dict, or one of pairs, or a copy. */
  private Dict dict(List<Object> arguments) {
    Dict dict = new Dict();
    if (!arguments.isEmpty() && arguments.getFirst() instanceof Dict other) {
      return other;
    }
    if (!arguments.isEmpty()) {
      for (Object pair : at(arguments, 0, Sequence.class, "a dict").items) {
        if (!(pair instanceof Sequence sequence) || sequence.items.size() != 2) {
          throw error("pickle: a dict of what are no pairs");
        }
        dict.entries.put(at(sequence.items, 0, String.class, "a dict"), sequence.items.get(1));
      }
    }
    return dict;
  }

  private Sequence sequence(List<Object> arguments) {
    return arguments.isEmpty() ? new Sequence() : at(arguments, 0, Sequence.class, "a sequence");
  }

  private <T> T at(List<Object> arguments, int index, Class<T> type, String what) {
    Object argument = index < arguments.size() ? arguments.get(index) : null;
    if (!type.isInstance(argument)) {
      throw error("pickle: " + what + " is not put together as torch.save does");
    }
    return type.cast(argument);
  }

  private Object refuse(String what) {
    throw error("pickle: " + what + " is not put together as torch.save does");
  }

  private CheckpointException error(String reason) {
    return new CheckpointException(source + ": " + reason);
  }
}
