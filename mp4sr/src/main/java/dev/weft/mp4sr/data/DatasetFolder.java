package dev.weft.mp4sr.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The folder form of a {@link Dataset}: dataset.json, items.jsonl, sequences.jsonl. */
final class DatasetFolder {
  static final int VERSION = 1;
  static final String HEADER = "dataset.json";
  static final String ITEMS = "items.jsonl";
  static final String SEQUENCES = "sequences.jsonl";

  private static final ObjectMapper JSON = new ObjectMapper();

  private DatasetFolder() {}

  // ---- writing

  static void write(Dataset dataset, Path folder, Map<String, ?> provenance) {
    Path root = folder.toAbsolutePath().normalize();
    try {
      // The header goes first and comes last: a folder without one is no dataset.
      Files.deleteIfExists(root.resolve(HEADER));
      writeLines(root.resolve(ITEMS), dataset.items().stream().map(i -> line(i, root)).toList());
      List<JsonNode> sequences = new ArrayList<>();
      for (int user = 0; user < dataset.users().size(); user++) {
        sequences.add(line(dataset.users().get(user), dataset.sequences().get(user)));
      }
      writeLines(root.resolve(SEQUENCES), sequences);
      String header =
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(header(dataset, provenance));
      AtomicFiles.writeString(root.resolve(HEADER), header + "\n");
    } catch (IOException | UncheckedIOException e) {
      throw new DataException("dataset " + folder + ": cannot be written: " + e, e);
    }
  }

  private static ObjectNode header(Dataset dataset, Map<String, ?> provenance) {
    ObjectNode header = JSON.createObjectNode();
    header.put("version", VERSION).put("name", dataset.name());
    header.put("items", dataset.items().size()).put("users", dataset.users().size());
    header.put("interactions", dataset.interactions());
    if (!provenance.isEmpty()) {
      header.set("provenance", JSON.valueToTree(provenance));
    }
    return header;
  }

  private static ObjectNode line(Item item, Path root) {
    ObjectNode node = JSON.createObjectNode().put("id", item.id());
    ArrayNode texts = node.putArray("texts");
    item.texts().forEach(texts::add);
    ArrayNode images = node.putArray("images");
    item.images().forEach(image -> images.add(stored(image, root)));
    return node;
  }

  private static String stored(String image, Path root) {
    Path path = root.resolve(image).normalize();
    Path above = root.getParent();
    boolean near = above != null && above.getParent() != null && path.startsWith(above);
    return near ? root.relativize(path).toString().replace('\\', '/') : path.toString();
  }

  private static ObjectNode line(String user, int[] sequence) {
    ObjectNode node = JSON.createObjectNode().put("user", user);
    ArrayNode items = node.putArray("items");
    for (int item : sequence) {
      items.add(item);
    }
    return node;
  }

  private static void writeLines(Path file, List<? extends JsonNode> lines) throws IOException {
    AtomicFiles.writeStream(
        file,
        out -> {
          for (JsonNode line : lines) {
            out.write(JSON.writeValueAsBytes(line));
            out.write('\n');
          }
        });
  }

  // ---- reading

  static Dataset read(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    JsonNode header = header(root.resolve(HEADER));
    List<Item> items = items(root);
    expect(root, header, "items", items.size());
    List<String> users = new ArrayList<>();
    List<int[]> sequences = new ArrayList<>();
    lines(
        root.resolve(SEQUENCES),
        line -> {
          users.add(line.string("user"));
          sequences.add(line.numbers("items", items.size()));
        });
    expect(root, header, "users", users.size());
    return new Dataset(header.path("name").asText(), items, users, sequences);
  }

  private static JsonNode header(Path file) {
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
    if (version != VERSION) {
      throw new DataException(
          file + ": field version: this program reads version " + VERSION + ", not " + version);
    }
    return header;
  }

  private static void expect(Path root, JsonNode header, String field, int found) {
    int expected = header.path(field).asInt(-1);
    if (expected != found) {
      throw new DataException(
          "%s: field %s: %d announced, %d found: the folder is incomplete, ingest again"
              .formatted(root.resolve(HEADER), field, expected, found));
    }
  }

  private static List<Item> items(Path root) {
    List<Item> items = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    lines(
        root.resolve(ITEMS),
        line -> {
          String id = line.string("id");
          if (!ids.add(id)) {
            throw line.error("id", "item " + id + " occurs twice");
          }
          List<String> images =
              line.strings("images").stream()
                  .map(image -> root.resolve(image).normalize().toString())
                  .toList();
          items.add(new Item(id, line.strings("texts"), images));
        });
    return items;
  }

  private static void lines(Path file, Consumer<JsonLine> consumer) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        number++;
        if (!text.isBlank()) {
          consumer.accept(JsonLine.parse(JSON, file, number, text));
        }
      }
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file: the folder is incomplete, ingest again", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e, e);
    }
  }
}
