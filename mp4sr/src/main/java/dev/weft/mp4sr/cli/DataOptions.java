package dev.weft.mp4sr.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the data of a training are. */
final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Dataset folder, made by ingest.")
  Path data;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description =
          "Features of its items, made by features (default: features.safetensors in the dataset"
              + " folder).")
  Path features;

  /** The file of features. */
  Path featuresFile() {
    return features == null ? FeaturesFile.in(data) : features;
  }
}
