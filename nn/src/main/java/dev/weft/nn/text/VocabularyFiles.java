package dev.weft.nn.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.nn.checkpoint.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Reading the files of a tokenizer's folder, with errors that name them. */
final class VocabularyFiles {
  /** No vocabulary is longer; what is longer is something else. */
  static final int MAX_BYTES = 256 << 20;

  private VocabularyFiles() {}

  static List<String> lines(Path file) {
    return text(file).lines().toList();
  }

  static JsonNode object(Path file) {
    try {
      JsonNode node = Json.parseStrictly(text(file));
      if (!node.isObject()) {
        throw new TokenizerException(file + ": is not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new TokenizerException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be read: " + e, e);
    }
  }

  static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new TokenizerException(
            file + ": is longer than " + (MAX_BYTES >> 20) + " MiB, which no vocabulary is");
      }
      return decoded(bytes);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file + ": not valid UTF-8", e);
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be read: " + e, e);
    }
  }

  private static String decoded(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    // What editors under Windows put before a file is not part of its first token.
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /**
   * The first lines of a compressed file; what follows is not decompressed.
   *
   * @param maxLines how many at most
   * @param maxBytes how long they may be together
   */
  static List<String> firstCompressedLines(Path file, int maxLines, int maxBytes) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      byte[] text = new byte[1 << 16];
      int size = 0;
      int lines = 0;
      for (int read = 0; read >= 0 && lines < maxLines; ) {
        if (size == maxBytes) {
          throw new TokenizerException(
              "%s: %d lines should need less than %d MiB; not a list of merges"
                  .formatted(file, maxLines, maxBytes >> 20));
        }
        if (size == text.length) {
          text = Arrays.copyOf(text, Math.min(2 * size, maxBytes));
        }
        read = in.read(text, size, text.length - size);
        for (int i = 0; i < read; i++) {
          lines += text[size + i] == '\n' ? 1 : 0;
        }
        size += Math.max(read, 0);
      }
      return cut(decoded(Arrays.copyOf(text, lastLineEnd(text, size, lines, maxLines))), maxLines);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file + ": not valid UTF-8", e);
    } catch (IOException e) {
      throw new TokenizerException(file + ": cannot be decompressed: " + e.getMessage(), e);
    }
  }

  /** Where whole lines end, so that no character is cut in two. */
  private static int lastLineEnd(byte[] text, int size, int lines, int maxLines) {
    int end = size;
    while (lines >= maxLines && end > 0 && text[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /** The lines as Python's split gives them: after the last line's end there is an empty one. */
  private static List<String> cut(String text, int maxLines) {
    List<String> lines = Arrays.asList(text.split("\n", -1));
    return lines.subList(0, Math.min(lines.size(), maxLines));
  }
}
