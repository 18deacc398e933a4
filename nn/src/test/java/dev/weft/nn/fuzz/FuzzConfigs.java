package dev.weft.nn.fuzz;

import dev.weft.nn.bert.BertConfig;
import dev.weft.nn.clip.ClipConfig;
import dev.weft.nn.image.ClipPreprocessor;
import java.nio.file.Path;

/** The JSON files that describe a model. */
public final class FuzzConfigs {
  private static final Path FOLDER = Guard.folder("config");

  private FuzzConfigs() {}

  /** One input: a byte that says which file the rest is. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    switch (input[0] & 3) {
      case 0 -> {
        Guard.write(FOLDER.resolve("config.json"), input, 1);
        Guard.check(input.length, () -> BertConfig.read(FOLDER));
      }
      case 1 -> {
        Guard.write(FOLDER.resolve("config.json"), input, 1);
        Guard.check(input.length, () -> ClipConfig.read(FOLDER));
      }
      default -> {
        Guard.write(FOLDER.resolve("preprocessor_config.json"), input, 1);
        Guard.check(input.length, () -> ClipPreprocessor.load(FOLDER));
      }
    }
  }
}
