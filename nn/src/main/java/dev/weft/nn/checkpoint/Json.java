package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * JSON texts as trees, without Jackson's {@code ObjectMapper}: that one loads a thousand classes
 * before it reads its first byte, which takes longer than all the rest of a model's small files.
 * {@code NaN} and {@code Infinity} are read, as Python writes them.
 */
public final class Json {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** A field of some name twice: the last counts, as in Python. */
  private static final JsonFactory LENIENT =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** A field of some name twice is an error. Vocabularies are names, of no use to other files. */
  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private Json() {}

  /**
   * Reads a text of UTF-8, UTF-16 or UTF-32, as its first bytes tell.
   *
   * @return a missing node where there is nothing but white space
   * @throws com.fasterxml.jackson.core.JsonProcessingException with the place, if it is not JSON
   */
  public static JsonNode parse(byte[] text) throws IOException {
    try (JsonParser parser = LENIENT.createParser(text)) {
      return parse(parser);
    }
  }

  /** The same of a text where no field may be there twice. */
  public static JsonNode parseStrictly(byte[] text) throws IOException {
    try (JsonParser parser = STRICT.createParser(text)) {
      return parse(parser);
    }
  }

  /** The same of characters. */
  public static JsonNode parseStrictly(String text) throws IOException {
    try (JsonParser parser = STRICT.createParser(text)) {
      return parse(parser);
    }
  }

  private static JsonNode parse(JsonParser parser) throws IOException {
    if (parser.nextToken() == null) {
      return MissingNode.getInstance();
    }
    JsonNode node = node(parser);
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "something follows the end of the first value");
    }
    return node;
  }

  /** The value that begins at the current token; how deep it may be nested is Jackson's limit. */
  private static JsonNode node(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      default -> NODES.nullNode();
    };
  }

  private static JsonNode integer(JsonParser parser) throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(parser.getBigIntegerValue());
    };
  }

  private static ObjectNode object(JsonParser parser) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      object.set(name, node(parser));
    }
    return object;
  }

  private static ArrayNode array(JsonParser parser) throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(node(parser));
    }
    return array;
  }
}
