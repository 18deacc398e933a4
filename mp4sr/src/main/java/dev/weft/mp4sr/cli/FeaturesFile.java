package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.features.Features;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where features are if nothing else is said. */
final class FeaturesFile {
  static final String NAME = "features.safetensors";

  private FeaturesFile() {}

  static Path in(Path data) {
    return data.resolve(NAME);
  }

  /** Reads a file of features. */
  static Features read(Path file) {
    if (!Files.exists(file)) {
      throw new CliException(file + ": no such file; mp4sr features makes it");
    }
    return Features.read(file);
  }
}
