package dev.weft.nn.fuzz;

import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;

/** The index of a checkpoint in several files, beside two of them. */
public final class FuzzShards {
  private static final Path FOLDER = Guard.folder("shards");

  static {
    Map<String, String> none = Map.of();
    Tensor two = Tensor.of(new float[] {1, 2}, 2);
    SafeTensors.write(FOLDER.resolve("a.safetensors"), Map.of("x", two), none);
    SafeTensors.write(FOLDER.resolve("b.safetensors"), Map.of("y", two), none);
  }

  private FuzzShards() {}

  /** One input: the index. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path index = FOLDER.resolve("model.safetensors.index.json");
    Guard.write(index, input, 0);
    Guard.check(input.length, () -> FuzzCheckpoints.readAll(index));
  }
}
