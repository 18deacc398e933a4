package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.TensorException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
  /** The reference implementation's limit. */
  static final long MAX_LENGTH = 100_000_000;

  static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String file;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, Long> begins = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafeTensorsHeader(String file) {
    this.file = file;
  }

  /** The byte range an entry claims, from the first byte after the header on. */
  private record Range(String name, long begin, long end) {}

  /**
   * Reads and checks a header.
   *
   * @param file for messages
   * @param bytes the header alone
   * @param dataLength how many bytes follow it
   */
  static SafeTensorsHeader parse(String file, MemorySegment bytes, long dataLength) {
    SafeTensorsHeader header = new SafeTensorsHeader(file);
    CharBuffer text = header.decode(bytes);
    if (text.isEmpty() || text.charAt(0) != '{') {
      throw new CheckpointException(file + ": not a safetensors file: no JSON object as header");
    }
    try (JsonParser json = JSON.createParser(text.array(), 0, text.length())) {
      header.checkCoverage(header.parseEntries(json), dataLength);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new CheckpointException(file + ": header is not valid JSON: " + reason, e);
    }
    return header;
  }

  Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** Where a tensor's bytes begin, counted from the first byte after the header. */
  long begin(String name) {
    return begins.get(name);
  }

  private CharBuffer decode(MemorySegment bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.asByteBuffer());
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file + ": header is not valid UTF-8", e);
    }
  }

  private List<Range> parseEntries(JsonParser json) throws IOException {
    List<Range> ranges = new ArrayList<>();
    json.nextToken();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals(METADATA)) {
        parseMetadata(json);
      } else {
        ranges.add(parseTensor(name, json));
      }
    }
    if (json.nextToken() != null) {
      throw new CheckpointException(file + ": something follows the header's JSON object");
    }
    return ranges;
  }

  private void parseMetadata(JsonParser json) throws IOException {
    require(json, JsonToken.START_OBJECT, METADATA, "must be an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      require(json, JsonToken.VALUE_STRING, METADATA, "'" + key + "' must be a string");
      metadata.put(key, json.getText());
    }
  }

  private Range parseTensor(String name, JsonParser json) throws IOException {
    require(json, JsonToken.START_OBJECT, name, "must be an object");
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> {
          require(json, JsonToken.VALUE_STRING, name, "dtype must be a string");
          dtype = json.getText();
        }
        case "shape" -> shape = parseNumbers(name, field, json);
        case "data_offsets" -> offsets = parseNumbers(name, field, json);
        default -> throw failure(name, "unknown field '" + field + "'");
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw failure(name, "needs dtype, shape and data_offsets");
    }
    TensorInfo info = new TensorInfo(dtype(name, dtype), shape(name, shape));
    tensors.put(name, info);
    return range(name, info, offsets);
  }

  private long[] parseNumbers(String name, String field, JsonParser json) throws IOException {
    require(json, JsonToken.START_ARRAY, name, field + " must be an array");
    long[] numbers = new long[4];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json, JsonToken.VALUE_NUMBER_INT, name, field + " must hold whole numbers");
      boolean fits = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!fits || json.getLongValue() < 0) {
        throw failure(name, field + " holds " + json.getText() + ", which is out of range");
      }
      numbers = count == numbers.length ? Arrays.copyOf(numbers, 2 * count) : numbers;
      numbers[count++] = json.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private DType dtype(String name, String stored) {
    try {
      return DType.valueOf(stored);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          file
              + ": tensor '"
              + name
              + "': dtype "
              + stored
              + " is not supported; supported are "
              + Arrays.toString(DType.values())
              + ", so convert it before it is written",
          e);
    }
  }

  private Shape shape(String name, long[] stored) {
    int[] dims = new int[stored.length];
    for (int axis = 0; axis < dims.length; axis++) {
      if (stored[axis] > Integer.MAX_VALUE) {
        throw failure(name, "shape " + Arrays.toString(stored) + " is too large");
      }
      dims[axis] = (int) stored[axis];
    }
    try {
      return Shape.of(dims);
    } catch (TensorException e) {
      throw new CheckpointException(file + ": tensor '" + name + "': " + e.getMessage(), e);
    }
  }

  private Range range(String name, TensorInfo info, long[] offsets) {
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw failure(
          name, "data_offsets " + Arrays.toString(offsets) + " must be a begin and an end");
    }
    if (offsets[1] - offsets[0] != info.byteSize()) {
      throw failure(
          name,
          "%s%s takes %d bytes, data_offsets %s give %d"
              .formatted(
                  info.dtype(),
                  info.shape(),
                  info.byteSize(),
                  Arrays.toString(offsets),
                  offsets[1] - offsets[0]));
    }
    begins.put(name, offsets[0]);
    return new Range(name, offsets[0], offsets[1]);
  }

  private void checkCoverage(List<Range> ranges, long dataLength) {
    ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
    long covered = 0;
    for (Range range : ranges) {
      if (range.begin() != covered) {
        throw failure(
            range.name(),
            "data begins at "
                + range.begin()
                + (range.begin() < covered ? ", inside another tensor" : ", after a hole")
                + ", expected at "
                + covered);
      }
      if (range.end() > dataLength) {
        throw failure(
            range.name(),
            "truncated: data ends at " + range.end() + ", the file holds " + dataLength + " bytes");
      }
      covered = range.end();
    }
    if (covered != dataLength) {
      throw new CheckpointException(
          file + ": " + (dataLength - covered) + " bytes after the last tensor belong to none");
    }
  }

  private void require(JsonParser json, JsonToken expected, String name, String otherwise) {
    if (json.currentToken() != expected) {
      throw failure(name, otherwise);
    }
  }

  private CheckpointException failure(String name, String reason) {
    return new CheckpointException(file + ": tensor '" + name + "': " + reason);
  }
}
