package dev.weft.mp4sr.data.ingest;

import java.util.List;
import java.util.Objects;

/**
 * Column names of a CSV file of items.
 *
 * @param item its id
 * @param texts columns that become texts, in this order
 * @param images columns with a path, absolute or relative to the file; empty cells are passed over
 * @param delimiter between cells
 */
public record CsvItemColumns(String item, List<String> texts, List<String> images, char delimiter) {
  /** Copies the lists. */
  public CsvItemColumns {
    Objects.requireNonNull(item, "item");
    texts = List.copyOf(texts);
    images = List.copyOf(images);
  }
}
