package dev.weft.cuda.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Numbers for registers, and for constants and special registers, which become registers too. */
final class Registers {
  private final Map<String, PtxType> declared;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> predicates = new HashMap<>();
  private final Map<Long, Integer> constants = new LinkedHashMap<>();
  private final Map<String, Integer> specials = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> predicateNames = new ArrayList<>();

  Registers(Map<String, PtxType> declared) {
    this.declared = declared;
  }

  PtxType type(String name) {
    return declared.get(name);
  }

  boolean isPredicate(String name) {
    return declared.get(name) == PtxType.PRED;
  }

  int number(int line, String name) {
    if (!declared.containsKey(name)) {
      return special(line, name);
    }
    return numbers.computeIfAbsent(name, this::fresh);
  }

  int predicate(int line, String name) {
    if (!isPredicate(name)) {
      throw new PtxException(line, name + " is not a predicate register");
    }
    return predicates.computeIfAbsent(
        name,
        it -> {
          predicateNames.add(it);
          return predicateNames.size() - 1;
        });
  }

  int constant(long value) {
    return constants.computeIfAbsent(value, it -> fresh("constant " + it));
  }

  /** A register of the machine's own. */
  int fresh(String name) {
    names.add(name);
    return names.size() - 1;
  }

  private int special(int line, String name) {
    if (!Block.SPECIALS.contains(name)) {
      throw new PtxException(line, "unknown register " + name);
    }
    return specials.computeIfAbsent(name, this::fresh);
  }

  int count() {
    return names.size();
  }

  int predicateCount() {
    return predicateNames.size();
  }

  String[] names() {
    return names.toArray(String[]::new);
  }

  String[] predicateNames() {
    return predicateNames.toArray(String[]::new);
  }

  Map<Long, Integer> constants() {
    return constants;
  }

  Map<String, Integer> specials() {
    return specials;
  }
}
