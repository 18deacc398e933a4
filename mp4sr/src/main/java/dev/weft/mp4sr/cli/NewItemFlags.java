package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Items that the catalogue does not have, by their texts and pictures. */
final class NewItemFlags {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--new-text",
      paramLabel = "TEXT",
      description = {
        "A text of an item that the catalogue does not have: its title, then, given again, its",
        "description, brand and so on. The item is ranked among the others, and its rank is shown."
      })
  List<String> texts = new ArrayList<>();

  @Option(
      names = "--new-image",
      paramLabel = "FILE",
      description = "A picture of that item; may be given several times.")
  List<Path> images = new ArrayList<>();

  @Option(
      names = "--new-id",
      paramLabel = "ID",
      description = "Its id, which --history may name (default: new).")
  String id;

  @Option(
      names = "--new-items",
      paramLabel = "FILE",
      description = {
        "Many such items, a JSON object a line: {\"id\": \"…\", \"texts\": [\"…\"], \"images\":"
            + " [\"…\"]};",
        "pictures relative to the file's folder."
      })
  Path file;

  @Option(
      names = "--bert",
      paramLabel = "DIR",
      description = "What reads new texts (default: the BERT that the run's features came from).")
  Path bert;

  @Option(
      names = "--clip",
      paramLabel = "DIR",
      description =
          "What reads new pictures (default: the CLIP that the run's features came from).")
  Path clip;

  /**
   * The items, in the order given.
   *
   * @throws CliException naming the line and field of {@code --new-items} that is wrong
   */
  List<Item> items(CommandLine command) {
    List<Item> items = new ArrayList<>();
    if (!texts.isEmpty() || !images.isEmpty()) {
      List<String> pictures =
          images.stream().map(image -> image.toAbsolutePath().toString()).toList();
      items.add(new Item(id == null ? "new" : id, texts, pictures));
    } else if (id != null) {
      throw new ParameterException(
          command, "--new-id: names an item without --new-text and --new-image");
    }
    if (items.stream().flatMap(item -> item.texts().stream()).anyMatch(String::isBlank)) {
      throw new ParameterException(command, "--new-text: is blank");
    }
    if (file != null) {
      items.addAll(ofFile());
    }
    if (items.isEmpty() && (bert != null || clip != null)) {
      throw new ParameterException(command, "--bert and --clip: there is no new item to read");
    }
    return items;
  }

  private List<Item> ofFile() {
    List<Item> items = new ArrayList<>();
    int number = 0;
    for (String line : lines()) {
      number++;
      if (!line.isBlank()) {
        items.add(item(line, file + ", line " + number));
      }
    }
    if (items.isEmpty()) {
      throw new CliException(file + ": no items; a JSON object a line is expected");
    }
    return items;
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new CliException(
          file + ": no such file; --new-items takes JSON objects, one a line", e);
    } catch (IOException e) {
      throw new CliException(file + ": cannot be read as UTF-8: " + e.getMessage(), e);
    }
  }

  private Item item(String line, String where) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new CliException(where + ": is no JSON object: " + e.getOriginalMessage(), e);
    }
    if (!json.path("id").isTextual() || json.path("id").textValue().isBlank()) {
      throw new CliException(where + ": field id is missing; it must be a text");
    }
    List<String> pictures =
        strings(json, "images", where).stream()
            .map(image -> file.toAbsolutePath().resolveSibling(image).normalize().toString())
            .toList();
    return new Item(json.path("id").textValue(), strings(json, "texts", where), pictures);
  }

  private static List<String> strings(JsonNode json, String field, String where) {
    List<String> strings = new ArrayList<>();
    JsonNode found = json.path(field);
    if (!found.isMissingNode() && !found.isArray()) {
      throw new CliException(where + ": field " + field + " must be an array of texts");
    }
    for (JsonNode each : found) {
      if (!each.isTextual() || each.textValue().isBlank()) {
        throw new CliException(
            where + ": field " + field + " holds " + each + ", which is no text");
      }
      strings.add(each.textValue());
    }
    return strings;
  }
}
