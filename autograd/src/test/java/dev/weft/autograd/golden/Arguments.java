package dev.weft.autograd.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A case's arguments, which remember whether they were looked at: none may be passed over. */
final class Arguments {
  private final JsonNode values;
  private final Set<String> used = new HashSet<>();

  Arguments(JsonNode values) {
    this.values = values;
  }

  boolean has(String name) {
    return values.has(name);
  }

  JsonNode get(String name) {
    used.add(name);
    if (!values.has(name)) {
      throw new IllegalArgumentException("argument " + name + " is missing in " + values);
    }
    return values.get(name);
  }

  /** Passes over an argument that says in words what holds anyway. */
  void skip(String name) {
    used.add(name);
  }

  double number(String name, double otherwise) {
    return has(name) ? get(name).asDouble() : otherwise;
  }

  boolean flag(String name) {
    return has(name) && get(name).asBoolean();
  }

  String text(String name, String otherwise) {
    return has(name) ? get(name).asText() : otherwise;
  }

  /** A number or a list of numbers; none where it is missing or null. */
  int[] integers(String name) {
    if (!has(name) || get(name).isNull()) {
      return new int[0];
    }
    if (get(name).isInt()) {
      return new int[] {get(name).asInt()};
    }
    List<Integer> result = new ArrayList<>();
    get(name).forEach(value -> result.add(value.asInt()));
    return result.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Fails for arguments that nothing asked for: their meaning would have been ignored. */
  void requireAllUsed() {
    Set<String> left = new TreeSet<>();
    values.fieldNames().forEachRemaining(left::add);
    left.removeAll(used);
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("arguments " + left + " are unknown here");
    }
  }
}
