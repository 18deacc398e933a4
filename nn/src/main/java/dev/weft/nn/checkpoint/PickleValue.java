package dev.weft.nn.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle makes beyond texts, numbers, booleans and null. Each is equal to itself alone:
 * values may contain one another without end, so nobody may compare or print them by content.
 */
sealed interface PickleValue {

  /** A dict; keys are texts, numbers or booleans. */
  final class Dict implements PickleValue {
    final Map<Object, Object> entries = new LinkedHashMap<>();
  }

  /** A list, tuple or set. */
  final class Sequence implements PickleValue {
    final List<Object> items;

    Sequence(List<Object> items) {
      this.items = items;
    }

    Sequence() {
      this(new ArrayList<>());
    }
  }

  /** Bytes, of which nothing is made. */
  final class Bytes implements PickleValue {}

  /** A class or function that the pickle names and that is known. */
  sealed interface Global extends PickleValue {}

  /** Something that is called with arguments and makes data of them. */
  non-sealed interface Function extends Global {
    /** The call's result; arguments are the file's and may be anything. */
    Object apply(List<Object> arguments);
  }

  /** The type of a storage's elements, or of a tensor's. */
  record ElementType(StoredType type) implements Global {}

  /** The class of storages without a type, which hold bytes. */
  record Untyped() implements Global {}

  /** A class of a compiled module, which is read for its fields alone. */
  record FieldsOf(String name) implements Global {}

  /** An object of such a class. */
  final class Fields implements PickleValue {
    final Map<String, Object> values = new LinkedHashMap<>();
  }

  /** A device, of which nothing is made. */
  record Place() implements PickleValue {}

  /**
   * A run of elements that lies outside the pickle.
   *
   * @param type null where the elements are bytes
   * @param key its name in the file
   * @param start the first element of it that counts
   * @param length its elements
   */
  record StorageRef(StoredType type, String key, long start, long length) implements PickleValue {}

  /** A tensor whose elements have not been looked up. */
  record TensorRef(
      StorageRef storage, StoredType type, long offset, List<Object> shape, List<Object> strides)
      implements PickleValue {}
}
