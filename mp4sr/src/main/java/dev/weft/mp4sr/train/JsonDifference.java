package dev.weft.mp4sr.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names the fields in which two JSON trees differ. */
final class JsonDifference {
  private JsonDifference() {}

  /** Adds {@code path is A there and B here} for every leaf that differs. */
  static void collect(String path, JsonNode there, JsonNode here, List<String> differences) {
    if (there.isObject() && here.isObject()) {
      Set<String> names = new LinkedHashSet<>();
      there.fieldNames().forEachRemaining(names::add);
      here.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        String inner = path.isEmpty() ? name : path + "." + name;
        collect(inner, there.path(name), here.path(name), differences);
      }
    } else if (!there.equals(here)) {
      differences.add(path + " was " + shown(there) + " and is " + shown(here));
    }
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "not there" : value.toString();
  }
}
