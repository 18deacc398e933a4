package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.PortablePath;
import dev.weft.nn.bert.BertPooling;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.SafeTensors;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a file of features was made, as its metadata say it: enough to make those of another item.
 *
 * @param bert the BERT's folder; null for a bag of words, or where the file does not say
 * @param clip the CLIP's folder; null where no picture was read, or where the file does not say
 * @param options how items became vectors
 */
public record FeatureOrigin(Path bert, Path clip, FeatureOptions options) {
  private static final String TEXT_ENCODER = "text_encoder";
  private static final String BAG_WIDTH = "bag_width";
  private static final String POOLING = "pooling";
  private static final String TEMPLATE = "template";
  private static final String TOP_WORDS = "top_words";
  private static final String MAX_TEXTS = "max_texts";
  private static final String MAX_IMAGES = "max_images";
  private static final String BERT = "bert";
  private static final String CLIP = "clip";

  /** What a file's metadata say; paths relative to the file's folder where they can be. */
  Map<String, String> metadata(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(TEXT_ENCODER, options.textEncoder().name());
    metadata.put(BAG_WIDTH, Integer.toString(options.bagWidth()));
    metadata.put(POOLING, options.pooling().name());
    metadata.put(TEMPLATE, options.template());
    metadata.put(TOP_WORDS, Integer.toString(options.topWords()));
    metadata.put(MAX_TEXTS, Integer.toString(options.maxTexts()));
    metadata.put(MAX_IMAGES, Integer.toString(options.maxImages()));
    putPath(metadata, BERT, folder, bert);
    putPath(metadata, CLIP, folder, clip);
    return metadata;
  }

  private static void putPath(Map<String, String> metadata, String key, Path folder, Path path) {
    if (path != null) {
      metadata.put(key, PortablePath.of(folder, path));
    }
  }

  /**
   * Reads a file's metadata; what an older file does not say has its default, and its encoders are
   * null.
   *
   * @throws DataException naming file and field of what cannot be understood
   * @throws dev.weft.nn.checkpoint.CheckpointException when the file is no safetensors file
   */
  public static FeatureOrigin read(Path file) {
    try (Checkpoint checkpoint = SafeTensors.open(file)) {
      Map<String, String> metadata = checkpoint.metadata();
      Path folder = file.toAbsolutePath().getParent();
      return new FeatureOrigin(
          PortablePath.resolve(folder, metadata.get(BERT)),
          PortablePath.resolve(folder, metadata.get(CLIP)),
          options(metadata));
    } catch (IllegalArgumentException e) {
      throw new DataException(file + ": metadata: " + e.getMessage(), e);
    }
  }

  private static FeatureOptions options(Map<String, String> metadata) {
    FeatureOptions defaults = FeatureOptions.defaults();
    return defaults
        .withTextEncoder(
            TextEncoderKind.valueOf(
                metadata.getOrDefault(TEXT_ENCODER, defaults.textEncoder().name())),
            number(metadata, BAG_WIDTH, defaults.bagWidth()))
        .withPooling(BertPooling.valueOf(metadata.getOrDefault(POOLING, defaults.pooling().name())))
        .withTemplate(metadata.getOrDefault(TEMPLATE, defaults.template()))
        .withTopWords(number(metadata, TOP_WORDS, defaults.topWords()))
        .withLimits(
            number(metadata, MAX_TEXTS, defaults.maxTexts()),
            number(metadata, MAX_IMAGES, defaults.maxImages()));
  }

  private static int number(Map<String, String> metadata, String key, int otherwise) {
    String text = metadata.get(key);
    try {
      return text == null ? otherwise : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " is " + text + ", no number", e);
    }
  }

  /** The same with other encoders where they are not null. */
  public FeatureOrigin over(Path otherBert, Path otherClip) {
    return new FeatureOrigin(
        otherBert == null ? bert : otherBert, otherClip == null ? clip : otherClip, options);
  }
}
