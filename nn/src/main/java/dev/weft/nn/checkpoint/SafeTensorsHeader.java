package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, checked completely: no name twice, types that exist, byte
 * counts that follow from type and shape, and byte ranges that cover the data without gap or
 * overlap.
 */
final class SafeTensorsHeader {
  static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names are a model's and not a format's: keeping them for other files only costs.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength((int) SafeTensors.MAX_HEADER)
                  .maxNameLength((int) SafeTensors.MAX_HEADER)
                  .build())
          .build();

  private final String file;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafeTensorsHeader(String file) {
    this.file = file;
  }

  /**
   * Reads and checks a header.
   *
   * @param file for messages
   * @param bytes the header alone
   * @param data all that follows it
   */
  static SafeTensorsHeader parse(String file, MemorySegment bytes, MemorySegment data) {
    SafeTensorsHeader header = new SafeTensorsHeader(file);
    if (bytes.byteSize() == 0 || LittleEndian.byteAt(bytes, 0) != '{') {
      throw new CheckpointException(file + ": not a safetensors file: no JSON object as header");
    }
    // The decoder of a charset, unlike the charset itself, refuses what is not valid.
    var decoder = StandardCharsets.UTF_8.newDecoder();
    try (Reader text = new InputStreamReader(new SegmentStream(bytes), decoder);
        JsonParser json = JSON.createParser(text)) {
      List<SafeTensorsEntry> entries = header.parseEntries(json);
      header.place(entries, data);
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file + ": header is not valid UTF-8", e);
    } catch (IOException e) {
      throw new CheckpointException(file + ": header is not valid JSON: " + reason(e), e);
    }
    return header;
  }

  private static String reason(IOException e) {
    String firstLine = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return firstLine.length() > 200 ? firstLine.substring(0, 200) + "…" : firstLine;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private List<SafeTensorsEntry> parseEntries(JsonParser json) throws IOException {
    List<SafeTensorsEntry> entries = new ArrayList<>();
    json.nextToken();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals(METADATA)) {
        parseMetadata(json);
      } else {
        entries.add(SafeTensorsEntry.parse(file, name, json));
      }
    }
    if (json.nextToken() != null) {
      throw new CheckpointException(file + ": something follows the header's JSON object");
    }
    return entries;
  }

  private void parseMetadata(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new CheckpointException(file + ": " + METADATA + " must be an object");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new CheckpointException(
            file + ": " + METADATA + ": " + Quoted.of(key) + " must be a string");
      }
      metadata.put(key, json.getText());
    }
  }

  /** Checks that the entries cover the data, and gives each its part of it. */
  private void place(List<SafeTensorsEntry> entries, MemorySegment data) {
    checkCoverage(entries, data.byteSize());
    for (SafeTensorsEntry entry : entries) {
      MemorySegment part = data.asSlice(entry.begin(), entry.end() - entry.begin());
      tensors.put(entry.name(), StoredTensor.dense(entry.info(), part));
    }
  }

  private void checkCoverage(List<SafeTensorsEntry> entries, long dataLength) {
    List<SafeTensorsEntry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingLong(SafeTensorsEntry::begin).thenComparingLong(SafeTensorsEntry::end));
    long covered = 0;
    for (SafeTensorsEntry entry : sorted) {
      if (entry.begin() != covered) {
        throw entry.failure(
            file,
            "data begins at "
                + entry.begin()
                + (entry.begin() < covered ? ", inside another tensor" : ", after a hole")
                + ", expected at "
                + covered);
      }
      if (entry.end() > dataLength) {
        throw entry.failure(
            file,
            "truncated: data ends at " + entry.end() + ", the file holds " + dataLength + " bytes");
      }
      covered = entry.end();
    }
    if (covered != dataLength) {
      throw new CheckpointException(
          file + ": " + (dataLength - covered) + " bytes after the last tensor belong to none");
    }
  }
}
