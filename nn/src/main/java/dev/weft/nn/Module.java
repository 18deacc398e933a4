package dev.weft.nn;

import dev.weft.autograd.Variable;
import java.lang.reflect.RecordComponent;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something with parameters. Modules are records, and a parameter's name is its path through their
 * components: {@code layers.0.attention.output.weight}. The same names are asked of {@link Weights}
 * when the module is created.
 */
public interface Module {

  /**
   * All parameters by name, in the order of the components. A component counts if it is a {@link
   * Variable}, a module or a list of modules; null has no parameters. A variable that stands in
   * several places is listed once, under its first name.
   */
  default Map<String, Variable> parameters() {
    Map<String, Variable> found = new LinkedHashMap<>();
    collect("", this, found);
    IdentityHashMap<Variable, Boolean> seen = new IdentityHashMap<>();
    found.values().removeIf(variable -> seen.put(variable, true) != null);
    return found;
  }

  /** Number of elements of all parameters together. */
  default long parameterCount() {
    return parameters().values().stream().mapToLong(variable -> variable.shape().numel()).sum();
  }

  private static void collect(String prefix, Module module, Map<String, Variable> found) {
    if (!module.getClass().isRecord()) {
      throw new IllegalStateException(
          module.getClass().getName() + " is no record: let it override parameters()");
    }
    for (RecordComponent component : module.getClass().getRecordComponents()) {
      collectComponent(prefix + component.getName(), read(component, module), found);
    }
  }

  private static void collectComponent(String name, Object value, Map<String, Variable> found) {
    switch (value) {
      case Variable variable -> found.put(name, variable);
      case Module module when module.getClass().isRecord() -> collect(name + ".", module, found);
      case Module module -> module.parameters().forEach((k, v) -> found.put(name + "." + k, v));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collectComponent(name + "." + i, list.get(i), found);
        }
      }
      case null, default -> {}
    }
  }

  private static Object read(RecordComponent component, Module module) {
    try {
      // A record may be declared where this package cannot see it.
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(module);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
