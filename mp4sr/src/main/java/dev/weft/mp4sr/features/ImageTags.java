package dev.weft.mp4sr.features;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.mp4sr.data.DataException;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The words chosen for one picture.
 *
 * @param item id of the item
 * @param image which of the item's images, from 0
 * @param words best first; empty where the picture could not be read
 * @param similarities cosines of picture and word, as many as words
 * @param error why the picture could not be read; null where it could
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageTags(
    String item, int image, List<String> words, List<Double> similarities, String error) {
  /** Name of the file beside the features. */
  public static final String FILE = "tags.jsonl";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the lists. */
  public ImageTags {
    words = List.copyOf(words);
    similarities = List.copyOf(similarities);
  }

  static ImageTags unreadable(String item, int image, String error) {
    return new ImageTags(item, image, List.of(), List.of(), error);
  }

  /** Which picture could not be read, and why. */
  String trouble() {
    return "item %s, picture %d: %s".formatted(item, image, error);
  }

  /** What BERT reads. */
  String sentence() {
    return String.join(" ", words);
  }

  /** Writes one JSON object a line. */
  static void write(Path file, Iterable<ImageTags> tags) throws IOException {
    AtomicFiles.writeStream(
        file,
        out -> {
          for (ImageTags tag : tags) {
            out.write(JSON.writeValueAsBytes(tag));
            out.write('\n');
          }
        });
  }

  /**
   * Reads a tags file.
   *
   * @throws DataException naming file and line
   */
  public static List<ImageTags> read(Path file) {
    List<ImageTags> tags = new ArrayList<>();
    forEach(file, tags::add);
    return tags;
  }

  /**
   * Reads a tags file, one picture at a time.
   *
   * @throws DataException as {@link #read}
   */
  static void forEach(Path file, Consumer<ImageTags> consumer) {
    long number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        consumer.accept(JSON.readValue(line, ImageTags.class));
      }
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file; it is made by `mp4sr features`", e);
    } catch (JsonProcessingException e) {
      throw new DataException(file + ":" + number + ": not tags: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
