package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.features.Features;
import java.nio.file.Path;

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

  private static Material of(Dataset dataset, Features features, Path data, Path file) {
    if (features != null && features.items() != dataset.items().size()) {
      throw new CliException(
          "%s: features of %d items, but %s has %d; extract the features again"
              .formatted(file, features.items(), data, dataset.items().size()));
    }
    return new Material(dataset, Split.leaveOneOut(dataset), features);
  }
}
