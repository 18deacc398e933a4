package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Texts as users hand them in: one JSON string a line, in UTF-8. */
final class TextLines {
  /** A line may be as long as a Java string: it is in memory already. */
  private static final StreamReadConstraints LONG =
      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build();

  private static final ObjectMapper JSON =
      new ObjectMapper(JsonFactory.builder().streamReadConstraints(LONG).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What editors under Windows begin a file with. */
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextLines() {}

  /** All lines of a file, each with its texts; see {@link #read(Path, int, Consumer)}. */
  static List<List<String>> read(Path file, int count) {
    List<List<String>> lines = new ArrayList<>();
    read(file, count, lines::add);
    return lines;
  }

  /**
   * Each line's texts in turn; of standard input where {@code file} is null.
   *
   * @param count 1 for a JSON string a line, more for an array of so many
   */
  static void read(Path file, int count, Consumer<List<String>> consumer) {
    String source = file == null ? "standard input" : file.toString();
    if (file != null && Files.isDirectory(file)) {
      throw new CliException(file + ": is a folder; texts are in a file, one JSON string a line");
    }
    try (InputStream in = file == null ? System.in : Files.newInputStream(file);
        BufferedReader reader = new BufferedReader(strictUtf8(in))) {
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (number == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK) {
          line = line.substring(1);
        }
        if (!line.isBlank()) {
          consumer.accept(texts(source, number, line, count));
        }
      }
    } catch (CharacterCodingException e) {
      throw new CliException(source + ": not valid UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStreamReader strictUtf8(InputStream in) {
    return new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
  }

  private static List<String> texts(String source, long number, String line, int count) {
    try {
      JsonNode node = JSON.readTree(line);
      if (count == 1) {
        return List.of(text(source, number, node));
      }
      if (!node.isArray() || node.size() != count) {
        throw new CliException(
            "%s:%d: not an array of %d JSON strings".formatted(source, number, count));
      }
      List<String> texts = new ArrayList<>();
      node.forEach(text -> texts.add(text(source, number, text)));
      return texts;
    } catch (MismatchedInputException e) {
      throw new CliException(
          source + ":" + number + ": something follows the first JSON value; one a line", e);
    } catch (JsonProcessingException e) {
      throw new CliException(
          source + ":" + number + ": not a JSON string: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(String source, long number, JsonNode node) {
    if (!node.isTextual()) {
      throw new CliException(
          source + ":" + number + ": not a JSON string; write each text as \"…\" on its line");
    }
    return node.asText();
  }
}
