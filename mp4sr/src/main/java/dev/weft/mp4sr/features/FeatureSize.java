package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Whether a catalogue's features have room: asked before hours are spent on making them. */
final class FeatureSize {
  private FeatureSize() {}

  /**
   * Checks texts and, where they are read, pictures.
   *
   * @param width of a vector
   * @param output where they will be written
   * @param partial the folder of chunks, whose bytes count as free: they are not needed a second
   *     time, or go
   * @throws DataException naming the options that make them fit
   */
  static void require(
      Dataset dataset,
      FeatureOptions options,
      int width,
      boolean readsImages,
      Path output,
      Path partial) {
    long slots = slots(dataset, Item::texts, options.maxTexts());
    long images = readsImages ? slots(dataset, Item::images, options.maxImages()) : 1;
    requireMask(dataset, slots, "--max-texts");
    requireMask(dataset, images, "--max-images");
    long numbers = dataset.items().size() * (slots + images) * width;
    long used = used(dataset, Item::texts, options.maxTexts());
    used += readsImages ? used(dataset, Item::images, options.maxImages()) : 0;
    // The file, and before it is written its chunks, which have no gaps and are F32.
    requireDisk(output, partial, numbers * options.dtype().byteSize() + used * width * Float.BYTES);
  }

  /** As many as the fullest item has, within the limit. */
  private static long slots(Dataset dataset, Function<Item, List<String>> of, int limit) {
    int most = dataset.items().stream().mapToInt(item -> of.apply(item).size()).max().orElse(0);
    return Math.max(1, Math.min(most, limit));
  }

  private static long used(Dataset dataset, Function<Item, List<String>> of, int limit) {
    return dataset.items().stream().mapToLong(i -> Math.min(of.apply(i).size(), limit)).sum();
  }

  /** The mask is one tensor. */
  private static void requireMask(Dataset dataset, long slots, String option) {
    long items = Math.max(1, dataset.items().size());
    if (items * slots > Integer.MAX_VALUE) {
      throw new DataException(
          "features: %d items with %d each are more than 2^31 vectors; %s %d fits"
              .formatted(items, slots, option, Integer.MAX_VALUE / items));
    }
  }

  private static void requireDisk(Path output, Path partial, long bytes) {
    long free;
    try {
      Path folder = output.toAbsolutePath().getParent();
      free = Files.isDirectory(folder) ? Files.getFileStore(folder).getUsableSpace() : bytes;
      free += ChunkStore.bytes(partial);
    } catch (IOException e) {
      return; // Writing will say what is wrong.
    }
    require(output, bytes, free);
  }

  static void require(Path output, long bytes, long free) {
    if (bytes > free) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: takes up to %.1f GB with what is kept for resuming, %.1f are free there; --dtype"
                  + " f16, --max-texts or --max-images make it smaller, --output puts it elsewhere",
              output,
              bytes / 1e9,
              free / 1e9));
    }
  }
}
