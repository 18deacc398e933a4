package dev.weft.mp4sr.features;

import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/** The models of one run. CLIP and its dictionary are null where no picture is to be read. */
final class Encoders implements AutoCloseable {
  private final FeatureOptions options;
  private final TextEncoder text;
  private final ClipModel clip;
  private final ClipPreprocessor preprocessor;
  private final WordMatcher matcher;

  private Encoders(
      FeatureOptions options,
      TextEncoder text,
      ClipModel clip,
      ClipPreprocessor preprocessor,
      WordMatcher matcher) {
    this.options = options;
    this.text = text;
    this.clip = clip;
    this.preprocessor = preprocessor;
    this.matcher = matcher;
  }

  /**
   * Loads them.
   *
   * @param clipFolder null where no picture is to be read, like {@code dictionary}
   * @param wordsFile where the words' vectors are kept
   * @param keeping whether that file may be written
   */
  static Encoders load(
      Path bertFolder,
      Path clipFolder,
      WordDictionary dictionary,
      FeatureOptions options,
      Path wordsFile,
      WordVectors.Keeping keeping) {
    TextEncoder text =
        options.textEncoder() == TextEncoderKind.BAG
            ? new BagOfWords(options.bagWidth())
            : BertText.load(bertFolder, options.pooling());
    if (clipFolder == null) {
      return new Encoders(options, text, null, null, null);
    }
    ClipPreprocessor preprocessor = ClipPreprocessor.load(clipFolder);
    ClipModel clip = ClipModel.load(clipFolder);
    String print = FeatureFingerprint.ofWords(clipFolder, dictionary, options);
    Tensor words = WordVectors.of(clip, dictionary, options, wordsFile, keeping, print);
    return new Encoders(options, text, clip, preprocessor, new WordMatcher(dictionary, words));
  }

  int width() {
    return text.width();
  }

  boolean readsImages() {
    return clip != null;
  }

  /** [sentences, width] row-major. */
  float[] sentences(List<String> sentences) {
    return sentences.isEmpty() ? new float[0] : text.encode(sentences);
  }

  /** The best words of each picture, best first. */
  List<List<WordMatcher.Match>> words(List<BufferedImage> images) {
    Tensor vectors = clip.encodePixels(preprocessor.preprocess(images));
    return matcher.best(vectors, options.topWords());
  }

  @Override
  public void close() {
    text.close();
    if (clip != null) {
      clip.close();
    }
  }
}
