package dev.weft.mp4sr.data.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Takes user, item and time out of a review and passes over all else, such as what it says. It
 * knows only reviews that are as they should be; for any other the whole line is read again by
 * {@link JsonRecord}, which names what is wrong.
 */
final class ReviewScanner {
  private static final JsonFactory JSON = new JsonFactory();

  private String reviewer;
  private String userId;
  private String parent;
  private String asin;
  private double unixTime;
  private double timestamp;

  /** Whether the line is a plain review. */
  boolean scan(TextLines lines) {
    reviewer = userId = parent = asin = null;
    unixTime = timestamp = Double.NaN;
    try (JsonParser parser =
        JSON.createParser(lines.bytes(), lines.start(), lines.end() - lines.start())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (!take(name, parser.nextToken(), parser)) {
          return false;
        }
      }
      return parser.currentToken() == JsonToken.END_OBJECT
          && parser.nextToken() == null
          && user() != null
          && item() != null
          && Double.isFinite(time());
    } catch (IOException e) {
      return false;
    }
  }

  private boolean take(String name, JsonToken value, JsonParser parser) throws IOException {
    switch (name) {
      case "reviewerID" -> reviewer = id(value, parser);
      case "user_id" -> userId = id(value, parser);
      case "parent_asin" -> parent = id(value, parser);
      case "asin" -> asin = id(value, parser);
      case "unixReviewTime" -> unixTime = number(value, parser);
      case "timestamp" -> timestamp = number(value, parser);
      default -> {
        parser.skipChildren();
        return value != null;
      }
    }
    // A null, a list or an empty string under one of these is for the careful reader.
    return value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT;
  }

  private static String id(JsonToken value, JsonParser parser) throws IOException {
    String text = value == JsonToken.VALUE_STRING ? parser.getText() : "";
    return text.isBlank() ? null : text;
  }

  private static double number(JsonToken value, JsonParser parser) throws IOException {
    return value == JsonToken.VALUE_NUMBER_INT ? parser.getValueAsDouble() : Double.NaN;
  }

  String user() {
    return reviewer != null ? reviewer : userId;
  }

  String item() {
    return parent != null ? parent : asin;
  }

  double time() {
    return Double.isNaN(unixTime) ? timestamp : unixTime;
  }
}
