package dev.weft.mp4sr.data.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads what Python's {@code repr} writes for dicts, lists, tuples, strings, numbers, True, False
 * and None: the form of Amazon's metadata of 2014. (Python language reference, 2.4 Literals.)
 */
final class PythonLiteral {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int DEEPEST = 64;

  private final String text;
  private final TextLines lines;
  private int at;
  private int depth;

  private PythonLiteral(String text, TextLines lines) {
    this.text = text;
    this.lines = lines;
  }

  static boolean looksLikeDict(String text) {
    return text.startsWith("{'") || text.startsWith("{u'") || text.startsWith("{u\"");
  }

  static JsonNode parse(String text, TextLines lines) {
    PythonLiteral parser = new PythonLiteral(text, lines);
    JsonNode value = parser.value();
    parser.skipSpace();
    if (parser.at != text.length()) {
      throw parser.error("something follows the end of the dict");
    }
    return value;
  }

  private MalformedLine error(String message) {
    return lines.error("not a Python literal: column " + (at + 1) + ": " + message);
  }

  private JsonNode value() {
    char next = peek();
    if (next == '{') {
      return dict();
    }
    if (next == '[' || next == '(') {
      return list(next == '[' ? ']' : ')');
    }
    if (isStringStart()) {
      return NODES.textNode(string());
    }
    return word();
  }

  private char peek() {
    skipSpace();
    if (at >= text.length()) {
      throw error("the line ends early");
    }
    return text.charAt(at);
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw error("'" + wanted + "' expected, not '" + text.charAt(at) + "'");
    }
    at++;
  }

  private boolean take(char wanted) {
    boolean found = peek() == wanted;
    at += found ? 1 : 0;
    return found;
  }

  private void enter() {
    at++;
    if (++depth > DEEPEST) {
      throw error("nested deeper than " + DEEPEST);
    }
  }

  private ObjectNode dict() {
    enter();
    ObjectNode node = NODES.objectNode();
    while (!take('}')) {
      peek();
      if (!isStringStart()) {
        throw error("a key in quotes expected");
      }
      String key = string();
      expect(':');
      node.set(key, value());
      if (peek() != '}') {
        expect(',');
      }
    }
    depth--;
    return node;
  }

  private ArrayNode list(char end) {
    enter();
    ArrayNode node = NODES.arrayNode();
    while (!take(end)) {
      node.add(value());
      if (peek() != end) {
        expect(',');
      }
    }
    depth--;
    return node;
  }

  private boolean isStringStart() {
    char first = text.charAt(at);
    boolean prefixed = (first == 'u' || first == 'b') && at + 1 < text.length();
    char quote = prefixed ? text.charAt(at + 1) : first;
    return quote == '\'' || quote == '"';
  }

  private String string() {
    if (Character.isLetter(text.charAt(at))) {
      at++;
    }
    char quote = text.charAt(at++);
    StringBuilder result = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw error("a string has no end");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        return result.toString();
      }
      if (c == '\\') {
        escape(result);
      } else {
        result.append(c);
      }
    }
  }

  private void escape(StringBuilder result) {
    if (at >= text.length()) {
      throw error("a string has no end");
    }
    char c = text.charAt(at++);
    switch (c) {
      case 'n' -> result.append('\n');
      case 't' -> result.append('\t');
      case 'r' -> result.append('\r');
      case 'x' -> result.appendCodePoint(hex(2));
      case 'u' -> result.appendCodePoint(hex(4));
      case 'U' -> result.appendCodePoint(hex(8));
      case '\\', '\'', '"' -> result.append(c);
      default -> result.append('\\').append(c);
    }
  }

  private int hex(int digits) {
    int end = at + digits;
    try {
      int code = Integer.parseUnsignedInt(text.substring(at, Math.min(end, text.length())), 16);
      if (end <= text.length() && Character.isValidCodePoint(code)) {
        at = end;
        return code;
      }
    } catch (NumberFormatException e) {
      // falls through to the error below, which names the column
    }
    throw error("a broken escape");
  }

  private JsonNode word() {
    int start = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "None" -> NODES.nullNode();
      case "True" -> NODES.booleanNode(true);
      case "False" -> NODES.booleanNode(false);
      default -> number(word, start);
    };
  }

  private JsonNode number(String word, int start) {
    try {
      boolean whole = word.chars().allMatch(c -> c == '-' || Character.isDigit(c));
      return whole
          ? NODES.numberNode(Long.parseLong(word))
          : NODES.numberNode(Double.parseDouble(word));
    } catch (NumberFormatException e) {
      at = start;
      throw error("a value expected");
    }
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '+' || c == '-' || c == '_';
  }
}
