package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.features.Features;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What models are trained and asked about.
 *
 * @param dataset catalogue and sequences
 * @param split leave-one-out
 * @param features of the catalogue; null where no model reads them
 */
record Material(Dataset dataset, Split split, Features features) {

  /**
   * Reads a dataset folder and its features.
   *
   * @param features null for none
   */
  static Material read(Path data, Path features) {
    Dataset dataset = Dataset.read(data);
    return of(dataset, features == null ? null : FeaturesFile.read(features), data, features);
  }

  /**
   * The same with more items at the end of the catalogue, which no sequence has.
   *
   * @throws CliException when an id is taken
   */
  Material with(List<Item> more, Features theirs) {
    Set<String> ids = new HashSet<>(dataset.itemNumbers().keySet());
    for (Item item : more) {
      if (!ids.add(item.id())) {
        throw new CliException(
            "new item %s: that id is taken in %s; give another with --new-id"
                .formatted(item.id(), dataset.name()));
      }
    }
    List<Item> items = new ArrayList<>(dataset.items());
    items.addAll(more);
    Dataset longer =
        new Dataset(dataset.name(), items, dataset.users(), dataset.sequences(), dataset.heldOut());
    return new Material(longer, Split.leaveOneOut(longer), features.plus(theirs));
  }

  private static Material of(Dataset dataset, Features features, Path data, Path file) {
    if (features != null && features.items() != dataset.items().size()) {
      throw new CliException(
          "%s: features of %d items, but %s has %d; extract the features again"
              .formatted(file, features.items(), data, dataset.items().size()));
    }
    return new Material(dataset, Split.leaveOneOut(dataset), features);
  }
}
