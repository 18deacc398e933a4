package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.model.Recommender;
import java.nio.file.Path;

/**
 * A finished run, ready to rank.
 *
 * @param recommender the trained model
 * @param material what it was trained on, or another dataset that was asked for
 * @param config its sizes and switches
 */
record TrainedRun(Recommender recommender, Material material, M2seConfig config) {

  /**
   * Opens a run.
   *
   * @param data another dataset folder than the run's; null for the run's
   * @param features another file of features; null for the run's, or the one beside {@code data}
   */
  static TrainedRun open(Path run, Path data, Path features) {
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
    Models.Built built = Models.load(run, description, material);
    return new TrainedRun(built.recommender(), material, description.m2se());
  }
}
