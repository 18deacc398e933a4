package dev.weft.mp4sr.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One JSON object of a lines file, whose errors name file, line and field. */
record JsonLine(Path file, long number, JsonNode node) {
  static JsonLine parse(ObjectMapper json, Path file, long number, String text) {
    try {
      JsonNode node = json.readTree(text);
      if (node == null || !node.isObject()) {
        throw new DataException(file + ":" + number + ": not a JSON object");
      }
      return new JsonLine(file, number, node);
    } catch (JsonProcessingException e) {
      throw new DataException(file + ":" + number + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  DataException error(String field, String message) {
    return new DataException("%s:%d: field %s: %s".formatted(file, number, field, message));
  }

  String string(String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw error(field, value == null ? "is missing" : "is not a string");
    }
    return value.asText();
  }

  List<String> strings(String field) {
    List<String> strings = new ArrayList<>();
    for (JsonNode element : array(field)) {
      if (!element.isTextual()) {
        throw error(field, "holds something that is not a string");
      }
      strings.add(element.asText());
    }
    return strings;
  }

  /** Item numbers, 1 to {@code limit}. */
  int[] numbers(String field, int limit) {
    JsonNode array = array(field);
    int[] numbers = new int[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode element = array.get(i);
      int value = element.isInt() ? element.asInt() : -1;
      if (value < 1 || value > limit) {
        throw error(field, element + " is no item; items are numbered 1 to " + limit);
      }
      numbers[i] = value;
    }
    return numbers;
  }

  private JsonNode array(String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isArray()) {
      throw error(field, value == null ? "is missing" : "is not a list");
    }
    return value;
  }
}
