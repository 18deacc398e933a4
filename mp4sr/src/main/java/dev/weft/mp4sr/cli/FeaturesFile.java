package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.features.Features;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

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
    Map<String, Tensor> tensors = SafeTensors.read(file);
    for (String name : new String[] {"text", "text_mask", "image", "image_mask"}) {
      if (!tensors.containsKey(name)) {
        throw new CheckpointException(
            file + ": has no tensor " + name + "; it is no features file");
      }
    }
    return new Features(
        tensors.get("text"),
        tensors.get("text_mask"),
        tensors.get("image"),
        tensors.get("image_mask"));
  }
}
