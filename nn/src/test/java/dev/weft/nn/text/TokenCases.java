package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Files of texts and the ids that the original tokenizers give. */
final class TokenCases {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TokenCases() {}

  /** Fails unless every text of a file gives its ids. */
  static void assertAllEqual(Path file, Function<String, int[]> tokenizer) throws IOException {
    int count = 0;
    for (String line : Files.readAllLines(file)) {
      JsonNode node = JSON.readTree(line);
      String text = node.get("text").asText();
      int[] expected = JSON.convertValue(node.get("ids"), int[].class);
      assertArrayEquals(expected, tokenizer.apply(text), text);
      count++;
    }
    assertTrue(count > 0, file + " holds no cases");
  }
}
