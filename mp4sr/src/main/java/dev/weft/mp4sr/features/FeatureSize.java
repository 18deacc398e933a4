package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Whether a catalogue's features fit a tensor: asked before hours are spent on making them. */
final class FeatureSize {
  /** A tensor's elements are counted by an int. */
  private static final long MOST = Integer.MAX_VALUE;

  private FeatureSize() {}

  /**
   * Checks texts and, where they are read, pictures.
   *
   * @param width of a vector
   * @throws DataException naming the option that makes them fit
   */
  static void require(Dataset dataset, FeatureOptions options, int width, boolean readsImages) {
    require(dataset, "texts", Item::texts, options.maxTexts(), "--max-texts", width);
    if (readsImages) {
      require(dataset, "pictures", Item::images, options.maxImages(), "--max-images", width);
    }
  }

  private static void require(
      Dataset dataset,
      String what,
      Function<Item, List<String>> of,
      int limit,
      String option,
      int width) {
    int items = dataset.items().size();
    int most = dataset.items().stream().mapToInt(item -> of.apply(item).size()).max().orElse(0);
    long slots = Math.max(1, Math.min(most, limit));
    if (slots * width > MOST / Math.max(1, items)) {
      long fitting = MOST / ((long) items * width);
      throw new DataException(
          String.format(
              Locale.ROOT,
              "features: %d items with %d %s of width %d are %.1f thousand million numbers, a"
                  + " tensor holds 2.1; %s",
              items,
              slots,
              what,
              width,
              (double) items * slots * width / 1e9,
              fitting == 0
                  ? "divide the catalogue, or take an encoder of less width"
                  : option + " " + fitting + " fits"));
    }
  }
}
