package dev.weft.mp4sr.cli;

import dev.weft.nn.checkpoint.ModelConfig;
import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which of the two models a folder holds, told by its configuration, else by its vocabulary. */
enum ModelKind {
  BERT,
  CLIP;

  /** The kind of a folder. */
  static ModelKind of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CliException(folder + ": no such folder; --model takes a Hugging Face folder");
    }
    String type = ModelConfig.isIn(folder) ? ModelConfig.read(folder).text("model_type", "") : "";
    if (type.equals("bert") || type.startsWith("clip")) {
      return type.equals("bert") ? BERT : CLIP;
    }
    return Tokenizer.load(folder) instanceof ClipBpe ? CLIP : BERT;
  }
}
