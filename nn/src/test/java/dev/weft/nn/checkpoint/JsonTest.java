package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees of JSON as Jackson's mapper reads them, and what is refused. */
class JsonTest {
  private static JsonNode parse(String text) throws IOException {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Jackson's own mapper is the witness. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": [1, -2.5e3, true, false, null, \"x\\u00e9\\n\"], \"b\": {\"c\": {}}, \"d\": []}",
        "[2147483647, 2147483648, -9223372036854775808, 1000000000000000019884624838656, 1e30]",
        "\"text\"",
        "12",
        "null",
        " [ ] ",
        "{\"a\": 1, \"a\": 2}"
      })
  void asTheMapperReads(String text) throws IOException {
    assertEquals(new ObjectMapper().readTree(text), parse(text));
  }

  @Test
  void nothingAndNumbersOfPython() throws IOException {
    assertTrue(parse("  ").isMissingNode());
    assertTrue(Double.isNaN(parse("NaN").asDouble()));
    assertEquals(Double.NEGATIVE_INFINITY, parse("[-Infinity]").get(0).asDouble());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[1,]", "{\"a\" 1}", "[1] 2", "tru", "{\"a\": 1}}", "[NaNs]"})
  void refused(String text) {
    assertThrows(JsonProcessingException.class, () -> parse(text));
    assertThrows(JsonProcessingException.class, () -> Json.parseStrictly(text));
  }

  @Test
  void twiceTheSameFieldAndTooDeep() {
    assertThrows(JsonProcessingException.class, () -> Json.parseStrictly("{\"a\":1,\"a\":2}"));
    assertThrows(JsonProcessingException.class, () -> parse("[".repeat(100_000)));
  }
}
