package dev.weft.mp4sr.cli;

import dev.weft.nn.checkpoint.ModelConfig;
import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.Tokenizer;
import dev.weft.nn.text.WordPiece;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which of the two models a folder holds, told by its vocabulary, else by its configuration. */
enum ModelKind {
  BERT,
  CLIP;

  private static final String BERT_VOCABULARY = "vocab.txt";
  private static final String CLIP_VOCABULARY = "vocab.json";

  /** The kind of a folder. */
  static ModelKind of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CliException(folder + ": no such folder; --model takes a Hugging Face folder");
    }
    if (Files.exists(folder.resolve(BERT_VOCABULARY))) {
      return BERT;
    }
    if (Files.exists(folder.resolve(CLIP_VOCABULARY))) {
      return CLIP;
    }
    String type = ModelConfig.isIn(folder) ? ModelConfig.read(folder).text("model_type", "") : "";
    if (type.equals("bert") || type.startsWith("clip")) {
      return type.equals("bert") ? BERT : CLIP;
    }
    throw new CliException(
        "%s: has neither %s (BERT) nor %s (CLIP)"
            .formatted(folder, BERT_VOCABULARY, CLIP_VOCABULARY));
  }

  /** The tokenizer of a folder. */
  static Tokenizer tokenizer(Path folder) {
    return switch (of(folder)) {
      case BERT -> WordPiece.load(folder);
      case CLIP -> ClipBpe.load(folder);
    };
  }
}
