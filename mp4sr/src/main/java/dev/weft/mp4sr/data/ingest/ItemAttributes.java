package dev.weft.mp4sr.data.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The attributes beside S3-Rec's sequences: one JSON object, {@code {"4": [1, 2, 3], …}}, from item
 * id to attributes. They become one sentence, a number as {@code attr_17}, a string as it is.
 */
final class ItemAttributes {
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private final JsonParser parser;

  private ItemAttributes(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static void read(Path file, ItemCatalogue catalogue, ProgressListener progress) {
    try (InputFile input = InputFile.open(file, progress);
        JsonParser parser = JSON.createParser(input.stream())) {
      new ItemAttributes(file, parser).read(catalogue);
    } catch (JsonProcessingException e) {
      throw new DataException(
          file + ":" + e.getLocation().getLineNr() + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw InputFile.broken(file.toString(), e);
    }
  }

  private void read(ItemCatalogue catalogue) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw error("one object {\"ITEM\": [ATTRIBUTE, ...], ...} was expected");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String id = parser.currentName();
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw error("item " + Quoted.of(id) + ": a list of attributes was expected");
      }
      String sentence = sentence(id);
      if (catalogue.wants(id)) {
        catalogue.put(id, List.of(sentence));
      }
    }
    if (parser.nextToken() != null) {
      throw error("something follows the end of the object");
    }
  }

  private String sentence(String id) throws IOException {
    List<String> words = new ArrayList<>();
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      switch (next) {
        case VALUE_NUMBER_INT -> words.add("attr_" + parser.getText());
        case VALUE_STRING -> words.add(parser.getText());
        default ->
            throw error("item " + Quoted.of(id) + ": an attribute is a whole number or a string");
      }
    }
    return String.join(" ", words);
  }

  private DataException error(String message) {
    return new DataException(
        file + ":" + parser.currentTokenLocation().getLineNr() + ": " + message);
  }
}
