package dev.weft.nn.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reading the files of a tokenizer's folder, with errors that name them. */
final class VocabularyFiles {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private VocabularyFiles() {}

  static List<String> lines(Path file) {
    return read(file).lines().toList();
  }

  static JsonNode object(Path file) {
    try {
      JsonNode node = JSON.readTree(read(file));
      if (!node.isObject()) {
        throw new TokenizerException(file + ": is not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new TokenizerException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file + ": not valid UTF-8", e);
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be read: " + e, e);
    }
  }
}
