package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.features.FeatureOrigin;
import dev.weft.mp4sr.features.Features;
import dev.weft.mp4sr.features.ItemEncoder;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.Recommender;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A finished run, ready to rank.
 *
 * @param recommender the trained model
 * @param material what it was trained on, or another dataset that was asked for
 * @param config its sizes and switches
 * @param added how many items at the end of the material's catalogue are new to it
 */
record TrainedRun(Recommender recommender, Material material, M2seConfig config, int added) {

  /** Numbers of the items that are new to the catalogue. */
  int[] newItems() {
    int items = material.dataset().items().size();
    return IntStream.rangeClosed(items - added + 1, items).toArray();
  }

  /**
   * Opens a run.
   *
   * @param data another dataset folder than the run's; null for the run's
   * @param features another file of features; null for the run's, or the one beside {@code data}
   */
  static TrainedRun open(Path run, Path data, Path features) {
    Opened opened = Opened.of(run, data, features);
    return opened.load(run, opened.material(), 0);
  }

  /**
   * The same with items that the catalogue does not have, which follow its own.
   *
   * @param more them
   * @param bert another BERT to read them than the one the features came from; null for that one
   * @param clip another CLIP; null likewise
   * @throws CliException when the run's model cannot see them
   */
  static TrainedRun openWith(
      List<Item> more, Path run, Path data, Path features, Path bert, Path clip) {
    Opened opened = Opened.of(run, data, features);
    RunDescription description = opened.description();
    if (!description.family().readsFeatures()) {
      throw new CliException(
          run
              + ": knows items by their numbers alone and cannot rank a new one; MP4SR can (mp4sr"
              + " finetune --setting inductive)");
    }
    more.forEach(item -> requireVisible(item, description.m2se(), run));
    Material material = opened.material();
    Features theirs =
        ItemEncoder.encode(
            more,
            opened.features(),
            material.dataset(),
            material.features(),
            FeatureOrigin.read(opened.features()).over(bert, clip));
    return opened.load(run, material.with(more, theirs), more.size());
  }

  private static void requireVisible(Item item, M2seConfig config, Path run) {
    boolean seen =
        (config.hasText() && !item.texts().isEmpty())
            || (config.hasImage() && !item.images().isEmpty());
    if (!seen) {
      throw new CliException(
          "new item %s: has no %s, and %s sees nothing else"
              .formatted(
                  item.id(),
                  config.hasText() ? config.hasImage() ? "text or picture" : "text" : "picture",
                  run));
    }
  }

  /** What a run folder names, before the model is built. */
  private record Opened(RunDescription description, Material material, Path features) {
    static Opened of(Path run, Path data, Path features) {
      RunDescription description = RunDescription.read(run);
      Models.trained(run);
      Path folder = data == null ? RunDescription.resolve(run, description.data()) : data;
      Path file = features;
      if (file == null && description.features() != null) {
        file =
            data == null
                ? RunDescription.resolve(run, description.features())
                : FeaturesFile.in(data);
      }
      Material material = Material.read(folder, description.features() == null ? null : file);
      return new Opened(description, material, file);
    }

    TrainedRun load(Path run, Material material, int added) {
      Models.Built built = Models.load(run, description, material, added);
      return new TrainedRun(built.recommender(), material, description.m2se(), added);
    }
  }
}
