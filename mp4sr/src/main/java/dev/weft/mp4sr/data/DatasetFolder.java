package dev.weft.mp4sr.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.mp4sr.data.DatasetFileWriter.Written;
import dev.weft.mp4sr.data.DatasetFormat.Counts;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Map;

/** The folder form of a {@link Dataset}: dataset.json for people, dataset.bin with everything. */
final class DatasetFolder {
  static final String HEADER = "dataset.json";
  static final String COLUMNS = "dataset.bin";

  private static final ObjectMapper JSON = new ObjectMapper();

  private DatasetFolder() {}

  // ---- writing

  static void write(DatasetSource source, Path folder, Map<String, ?> provenance) {
    Path root = folder.toAbsolutePath().normalize();
    try {
      // The header goes first and comes last: a folder without one is no dataset.
      Files.deleteIfExists(root.resolve(HEADER));
      Written[] written = new Written[1];
      AtomicFiles.writeStream(
          root.resolve(COLUMNS),
          out -> written[0] = DatasetFileWriter.write(out, source, image -> stored(image, root)));
      String header =
          JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsString(header(source, written[0], provenance));
      AtomicFiles.writeString(root.resolve(HEADER), header + "\n");
    } catch (IOException | UncheckedIOException e) {
      throw new DataException("dataset " + folder + ": cannot be written: " + e, e);
    }
  }

  private static ObjectNode header(DatasetSource source, Written written, Map<String, ?> from) {
    Counts counts = written.counts();
    ObjectNode header = JSON.createObjectNode();
    header.put("version", DatasetFormat.VERSION).put("name", source.name());
    header.put("items", counts.items()).put("users", counts.users());
    header.put("interactions", counts.interactions());
    header.put("heldOutItems", source.heldOut().size());
    ObjectNode file = header.putObject("file").put("name", COLUMNS);
    file.put("bytes", written.bytes()).put("crc32c", HexFormat.of().toHexDigits(written.crc()));
    if (!from.isEmpty()) {
      header.set("provenance", JSON.valueToTree(from));
    }
    return header;
  }

  private static String stored(String image, Path root) {
    Path path = root.resolve(image).normalize();
    Path above = root.getParent();
    boolean near = above != null && above.getParent() != null && path.startsWith(above);
    return near ? root.relativize(path).toString().replace('\\', '/') : path.toString();
  }

  // ---- reading

  static Dataset read(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    JsonNode header = header(folder);
    Path file = root.resolve(COLUMNS);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      DatasetFileReader reader = DatasetFileReader.open(file, channel);
      expect(root, header, "items", reader.counts().items());
      expect(root, header, "users", reader.counts().users());
      expect(root, header, "interactions", reader.counts().interactions());
      String crc = HexFormat.of().toHexDigits(reader.crc());
      if (!header.path("file").path("crc32c").asText().equals(crc)) {
        throw new DataException(
            "%s: field file.crc32c: is not that of %s: the two are of different runs, ingest again"
                .formatted(root.resolve(HEADER), COLUMNS));
      }
      return reader.read(
          header.path("name").asText(), image -> root.resolve(image).normalize().toString());
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file: the folder is incomplete, ingest again", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e, e);
    }
  }

  /** What dataset.json says. */
  static JsonNode header(Path folder) {
    Path file = folder.toAbsolutePath().normalize().resolve(HEADER);
    JsonNode header;
    try {
      header = JSON.readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new DataException(
          file + ": no such file; a dataset folder is made by `mp4sr ingest`", e);
    } catch (JsonProcessingException e) {
      throw new DataException(file + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e, e);
    }
    int version = header.path("version").asInt(-1);
    if (version != DatasetFormat.VERSION) {
      throw new DataException(
          "%s: field version: this program reads version %d, not %d: ingest again"
              .formatted(file, DatasetFormat.VERSION, version));
    }
    return header;
  }

  private static void expect(Path root, JsonNode header, String field, long found) {
    long expected = header.path(field).asLong(-1);
    if (expected != found) {
      throw new DataException(
          "%s: field %s: %d announced, %d found: the folder is incomplete, ingest again"
              .formatted(root.resolve(HEADER), field, expected, found));
    }
  }
}
