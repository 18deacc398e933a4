package dev.weft.nn.clip;

import dev.weft.nn.checkpoint.Beside;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.ModelConfig;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.OpenModule;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.Tokenizer;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads what a folder has of CLIP, and checks that its files fit each other. */
final class ClipFolder {
  private static final System.Logger LOG = System.getLogger(ClipFolder.class.getName());

  private ClipFolder() {}

  /** As {@link ClipModel#load(Path)} says. */
  static OpenModule<ClipParts> load(Path folder, WeightUse use) {
    boolean isStated = ModelConfig.isIn(folder);
    if (!isStated && !Files.isDirectory(folder)) {
      throw new CheckpointException("no such folder: " + folder);
    }
    ClipConfig stated = isStated ? ClipConfig.read(folder) : null;
    return OpenModule.load(
        "clip",
        ModelFolder.openWeights(folder),
        use,
        checkpoint -> parts(folder, stated, checkpoint, use));
  }

  private static ClipParts parts(
      Path folder, ClipConfig stated, Checkpoint checkpoint, WeightUse use) {
    ClipNames names = ClipNames.in(checkpoint);
    if (stated == null && !names.isOpenAi()) {
      throw new CheckpointException(
          folder + ": no config.json, and the weights do not have OpenAI's names");
    }
    ClipConfig config =
        stated == null
            ? OpenAiSizes.read(checkpoint, names)
            : held(folder, stated, names, checkpoint);
    ClipPreprocessor preprocessor =
        config.vision() == null ? null : loadPreprocessor(folder, config.vision(), names);
    Beside<Tokenizer> tokenizer =
        Beside.start(
            () ->
                config.text() == null || !Tokenizer.isIn(folder)
                    ? null
                    : loadTokenizer(folder, config.text()));
    ClipNetwork network;
    try {
      network =
          use.of(checkpoint, names)
              .create(weights -> ClipNetwork.create(weights, config), names::isBeside);
    } catch (RuntimeException e) {
      tokenizer.get(); // Where both are wrong, the vocabulary is told first.
      throw e;
    }
    return new ClipParts(config, tokenizer.get(), preprocessor, network);
  }

  /** What of the stated model the weights hold: maybe one encoder, maybe without projection. */
  private static ClipConfig held(
      Path folder, ClipConfig stated, ClipNames names, Checkpoint checkpoint) {
    ClipConfig config = stated.only(names.hasText(), names.hasVision());
    if (!ModelConfig.read(folder).has("projection_dim")) {
      config = config.withProjectionSize(names.projectionSize(checkpoint, config.projectionSize()));
    }
    boolean isAlone = config.text() == null || config.vision() == null;
    boolean mayLackProjection =
        isAlone && !ModelConfig.read(folder).architecture().endsWith("WithProjection");
    return mayLackProjection && !names.hasProjection() ? config.withoutProjection() : config;
  }

  private static Tokenizer loadTokenizer(Path folder, ClipConfig.Text text) {
    ClipBpe tokenizer = ClipBpe.load(folder);
    if (tokenizer.vocabularySize() > text.vocabularySize()) {
      throw new CheckpointException(
          folder
              + ": vocab.json has "
              + tokenizer.vocabularySize()
              + " tokens, vocab_size of config.json is "
              + text.vocabularySize());
    }
    return tokenizer.maxLength() > text.maxPositions()
        ? tokenizer.withMaxLength(text.maxPositions())
        : tokenizer;
  }

  private static ClipPreprocessor loadPreprocessor(
      Path folder, ClipConfig.Vision vision, ClipNames names) {
    int size = vision.imageSize();
    if (!ClipPreprocessor.isIn(folder)) {
      if (!names.isOpenAi()) {
        LOG.log(
            Level.WARNING,
            "{0}: no preprocessor_config.json; pictures are treated as CLIP''s own are",
            folder);
      }
      return ClipPreprocessor.ofSize(size);
    }
    ClipPreprocessor preprocessor = ClipPreprocessor.load(folder);
    if (preprocessor.width() != size || preprocessor.height() != size) {
      throw new CheckpointException(
          folder
              + ": preprocessor_config.json makes pictures of "
              + preprocessor.width()
              + " x "
              + preprocessor.height()
              + ", image_size of config.json is "
              + size);
    }
    return preprocessor;
  }
}
