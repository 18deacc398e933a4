package dev.weft.nn.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The weights of a Hugging Face folder. */
public final class ModelFolder {
  /** Where the weights are. */
  public static final String WEIGHTS = "model.safetensors";

  private ModelFolder() {}

  /**
   * Opens a folder's weights.
   *
   * @throws CheckpointException if there are none, or in a form that is not read
   */
  public static Checkpoint openWeights(Path folder) {
    Path file = folder.resolve(WEIGHTS);
    if (Files.isRegularFile(file)) {
      return SafeTensors.open(file);
    }
    for (String other : new String[] {"model.safetensors.index.json", "pytorch_model.bin"}) {
      if (Files.exists(folder.resolve(other))) {
        throw new CheckpointException(
            folder + ": holds " + other + "; save the model as one " + WEIGHTS + " first");
      }
    }
    throw new CheckpointException(folder + ": no " + WEIGHTS);
  }

  /** Makes a folder to write to. */
  public static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CheckpointException(folder + ": cannot be made: " + e.getMessage(), e);
    }
  }
}
