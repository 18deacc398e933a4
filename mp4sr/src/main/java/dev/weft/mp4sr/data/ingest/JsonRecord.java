package dev.weft.mp4sr.data.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** One object of a lines file, in JSON or as Python prints a dict (Amazon 2014's metadata). */
record JsonRecord(TextLines lines, JsonNode node) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonRecord parse(TextLines lines, String text) {
    if (PythonLiteral.looksLikeDict(text)) {
      return new JsonRecord(lines, PythonLiteral.parse(text, lines));
    }
    try {
      JsonNode node = JSON.readTree(text);
      if (node == null || !node.isObject()) {
        throw lines.error("not a JSON object");
      }
      return new JsonRecord(lines, node);
    } catch (JsonProcessingException e) {
      throw lines.error("not JSON: " + e.getOriginalMessage().replace('\n', ' '));
    }
  }

  /** The first of the fields that is there and not null, or null. */
  JsonNode any(String... names) {
    for (String name : names) {
      JsonNode value = node.get(name);
      if (value != null && !value.isNull()) {
        return value;
      }
    }
    return null;
  }

  /** A string that must be there and not be empty. */
  String id(String... names) {
    JsonNode value = required(names);
    boolean isName = value.isTextual() || value.isIntegralNumber();
    if (!isName || value.asText().isBlank()) {
      throw error(names, "is not an id: " + Quoted.of(value));
    }
    return value.asText();
  }

  /** A number that must be there, perhaps written as a string. */
  double number(String... names) {
    JsonNode value = required(names);
    try {
      double number =
          value.isTextual() ? Double.parseDouble(value.asText()) : value.asDouble(Double.NaN);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the error below, which names the field
    }
    throw error(names, "is not a number: " + Quoted.of(value));
  }

  private JsonNode required(String... names) {
    JsonNode value = any(names);
    if (value == null) {
      throw error(names, "is missing");
    }
    return value;
  }

  private MalformedLine error(String[] names, String message) {
    return lines.error("field " + String.join("|", names) + ": " + message);
  }

  /** All strings under a value: itself, or those of a list, however nested. */
  static List<String> strings(JsonNode value) {
    List<String> strings = new ArrayList<>();
    if (value == null) {
      return strings;
    }
    if (value.isTextual()) {
      strings.add(value.asText());
    } else if (value.isArray()) {
      value.forEach(element -> strings.addAll(strings(element)));
    }
    return strings;
  }
}
