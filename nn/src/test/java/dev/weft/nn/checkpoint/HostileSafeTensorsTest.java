package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that lie: each is refused when it is opened, in one line that names file and reason. */
class HostileSafeTensorsTest {
  @TempDir Path folder;

  /** Every header here comes with eight bytes of data. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "``|no JSON object",
        "[]|no JSON object",
        " {}|no JSON object",
        "{|not valid JSON",
        "{\"a\"|not valid JSON",
        "{} {}|something follows",
        "{}x|not valid JSON",
        "{}|8 bytes after the last tensor",
        "{\"a\":1}|'a': must be an object",
        "{\"a\":{}}|'a': needs dtype",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}|needs dtype",
        "{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}|dtype must be a string",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}|'F8_E4M3' is not",
        "{\"a\":{\"dtype\":\"F8_E5M2\",\"shape\":[8],\"data_offsets\":[0,8]}}|'F8_E5M2' is not",
        "{\"a\":{\"dtype\":\"F8_E8M0\",\"shape\":[8],\"data_offsets\":[0,8]}}|'F8_E8M0' is not",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[16],\"data_offsets\":[0,8]}}|'F4' is not supported",
        "{\"a\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}|'C64' is not supported",
        "{\"a\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}|'f32' is not supported",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}|shape must be an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|out of range",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}|begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}|begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|takes 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}|truncated",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|after a hole",
        "{\"__metadata__\":[]}|must be an object",
        "{\"__metadata__\":{\"k\":1}}|'k' must be a string",
        "{\"__metadata__\":{\"k\":{}}}|'k' must be a string",
      })
  void brokenHeaders(String header, String reason) throws IOException {
    assertRefused(file(header, 8), reason);
  }

  @Test
  void overlapsHolesAndRepetitions() throws IOException {
    String overlap =
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
        "b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}\
        """;
    assertRefused(file(overlap, 12), "'b': data begins at 4, inside another tensor");
    String hole =
        """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
        "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}\
        """;
    assertRefused(file(hole, 12), "'b': data begins at 8, after a hole");
    String twice =
        """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
        "a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}\
        """;
    assertRefused(file(twice, 8), "Duplicate field 'a'");
    String fieldTwice =
        """
        {"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}\
        """;
    assertRefused(file(fieldTwice, 4), "Duplicate field 'dtype'");
    String metadataTwice =
        """
        {"__metadata__":{},"__metadata__":{"k":"v"}}\
        """;
    assertRefused(file(metadataTwice, 0), "Duplicate field");
    String otherOrder =
        """
        {"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},\
        "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}\
        """;
    assertRefused(file(otherOrder, 8), "'b': data begins at 4, inside another tensor");
    String emptyInside =
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
        "e":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}\
        """;
    assertRefused(file(emptyInside, 8), "'e': data begins at 4, inside another tensor");
  }

  /**
   * Products that wrap around in 64 bits must not look small; nothing may be allocated for them.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[4294967296,4294967296]",
        "[2147483647,2147483647]",
        "[2147483647,2147483647,4,4]",
        "[9223372036854775807,2]",
        "[99999999999999999999999999]",
        "[0,9223372036854775807]",
        "[1073741824,4]",
      })
  void hugeShapes(String shape) throws IOException {
    String header = "{\"a\":{\"dtype\":\"F64\",\"shape\":" + shape + ",\"data_offsets\":[0,0]}}";
    assertRefused(file(header, 0), "'a'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0,17179869176]",
        "[9223372036854775807,9223372036854775807]",
        "[9223372036854775800,9223372036854775807]"
      })
  void hugeOffsets(String offsets) throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2147483647],\"data_offsets\":" + offsets + "}}";
    assertRefused(file(header, 8), "'a'");
    String empty = "{\"a\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":" + offsets + "}}";
    assertRefused(file(empty, 8), "'a'");
  }

  @Test
  void headerLengthsThatCannotBe() throws IOException {
    assertRefused(bytes(new byte[0]), "only 0 bytes");
    assertRefused(bytes(new byte[] {1, 0, 0}), "only 3 bytes");
    assertRefused(length(-1), "18446744073709551615 bytes");
    assertRefused(length(Long.MAX_VALUE), "9223372036854775807 bytes");
    assertRefused(length(100_000_001), "at most 100000000");
    assertRefused(length(100_000_000), "truncated");
    assertRefused(length(3), "truncated");
    assertRefused(length(0), "no JSON object");
  }

  @Test
  void headersThatAreNotText() throws IOException {
    byte[] invalid = "{\"a\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(file(invalid, 0), "not valid UTF-8");
    assertRefused(file("{\"a\":".repeat(5000), 0), "not valid JSON");
    assertRefused(file("{}".getBytes(StandardCharsets.UTF_16LE), 0), "not valid JSON");
  }

  /** Names are the file's: they must not break an error into lines or fill the screen. */
  @Test
  void namesAreQuotedShort() throws IOException {
    String name = "\\n\\u001b[2J" + "x".repeat(5000);
    Path file = file("{\"" + name + "\":{}}", 0);
    assertRefused(file, "'\\u000a\\u001b[2Jxxx");
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> SafeTensors.open(file).close());
    assertTrue(e.getMessage().length() < 400, e.getMessage());
  }

  @Test
  void pointersOfLargeFileStorage() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    assertRefused(bytes(pointer.getBytes(StandardCharsets.US_ASCII)), "Git LFS pointer");
  }

  @Test
  void pathsThatAreNotFiles() {
    assertRefused(folder.resolve("absent.safetensors"), "no such file");
    assertRefused(folder, "is a folder");
  }

  /** A good file cut anywhere, or with any byte changed, opens or is refused; it never crashes. */
  @Test
  void damagedFiles() throws IOException {
    Path good = folder.resolve("good.safetensors");
    Map<String, Tensor> tensors =
        Map.of("w", Tensor.of(new float[] {1, 2, 3}), "n", Tensor.scalar(DType.I64, 7));
    SafeTensors.write(good, tensors, Map.of("format", "pt"));
    byte[] whole = Files.readAllBytes(good);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(bytes(java.util.Arrays.copyOf(whole, length)), "");
    }
    Random random = new Random(5);
    for (int i = 0; i < 500; i++) {
      byte[] changed = whole.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      try {
        assertFalse(SafeTensors.read(bytes(changed)).isEmpty());
      } catch (CheckpointException e) {
        assertOneLine(e.getMessage());
      }
    }
  }

  private void assertRefused(Path file, String reason) {
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> SafeTensors.open(file).close());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertOneLine(e.getMessage());
  }

  private static void assertOneLine(String message) {
    assertEquals(1, message.lines().count(), message);
  }

  private Path file(String header, int dataBytes) throws IOException {
    return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  private Path file(byte[] header, int dataBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
    return bytes(bytes.array());
  }

  private Path length(long headerLength) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    return bytes(bytes.putLong(headerLength).put((byte) '{').put((byte) '}').array());
  }

  private Path bytes(byte[] content) throws IOException {
    return Files.write(folder.resolve("hostile.safetensors"), content);
  }
}
