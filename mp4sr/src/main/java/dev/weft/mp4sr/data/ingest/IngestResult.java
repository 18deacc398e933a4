package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.DatasetSource;
import dev.weft.mp4sr.data.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What was read, and how it came about.
 *
 * @param source the dataset in its compact form
 * @param summary what was left out and why
 */
public record IngestResult(DatasetSource source, IngestSummary summary) {
  /** The dataset as objects. */
  public Dataset dataset() {
    List<Item> items = new ArrayList<>(source.itemCount());
    for (int i = 0; i < source.itemCount(); i++) {
      items.add(new Item(source.itemId(i), source.itemTexts(i), source.itemImages(i)));
    }
    List<String> users = new ArrayList<>(source.userCount());
    List<int[]> sequences = new ArrayList<>(source.userCount());
    for (int i = 0; i < source.userCount(); i++) {
      users.add(source.user(i));
      sequences.add(source.sequence(i));
    }
    return new Dataset(source.name(), items, users, sequences, source.heldOut());
  }

  /** Writes the dataset folder, with the summary as provenance in {@code dataset.json}. */
  public void write(Path folder) {
    Dataset.write(source, folder, summary.toMap());
  }
}
