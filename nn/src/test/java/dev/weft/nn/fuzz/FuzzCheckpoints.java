package dev.weft.nn.fuzz;

import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.ModelFolder;
import java.nio.file.Path;

/** The readers of safetensors and of torch.save; the content tells which is asked. */
public final class FuzzCheckpoints {
  private static final Path FILE = Guard.folder("checkpoint").resolve("weights.bin");

  private FuzzCheckpoints() {}

  /** One input: the file. */
  public static void fuzzerTestOneInput(byte[] input) {
    Guard.write(FILE, input, 0);
    Guard.check(input.length, () -> readAll(FILE));
  }

  static void readAll(Path file) {
    try (Checkpoint checkpoint = ModelFolder.openFile(file)) {
      checkpoint.tensors().keySet().forEach(checkpoint::load);
    }
  }
}
