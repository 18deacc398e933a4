package dev.weft.mp4sr.features;

import dev.weft.nn.bert.BertModel;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/** The models of one run. CLIP and its dictionary are null where no picture is to be read. */
final class Encoders implements AutoCloseable {
  private final FeatureOptions options;
  private final BertModel bert;
  private final ClipModel clip;
  private final ClipPreprocessor preprocessor;
  private final WordMatcher matcher;

  private Encoders(
      FeatureOptions options,
      BertModel bert,
      ClipModel clip,
      ClipPreprocessor preprocessor,
      WordMatcher matcher) {
    this.options = options;
    this.bert = bert;
    this.clip = clip;
    this.preprocessor = preprocessor;
    this.matcher = matcher;
  }

  /** {@code clipFolder} and {@code dictionary} may be null together. */
  static Encoders load(
      Path bertFolder, Path clipFolder, WordDictionary dictionary, FeatureOptions options) {
    BertModel bert = BertModel.load(bertFolder);
    if (clipFolder == null) {
      return new Encoders(options, bert, null, null, null);
    }
    ClipPreprocessor preprocessor = ClipPreprocessor.load(clipFolder);
    ClipModel clip = ClipModel.load(clipFolder);
    WordMatcher matcher = new WordMatcher(clip, dictionary, options);
    return new Encoders(options, bert, clip, preprocessor, matcher);
  }

  int width() {
    return bert.config().encoder().hiddenSize();
  }

  boolean readsImages() {
    return clip != null;
  }

  /** [sentences, width] row-major. */
  float[] sentences(List<String> sentences) {
    return sentences.isEmpty() ? new float[0] : bert.embed(sentences, options.pooling()).toFloats();
  }

  /** The best words of each picture, best first. */
  List<List<WordMatcher.Match>> words(List<BufferedImage> images) {
    Tensor vectors = clip.encodePixels(preprocessor.preprocess(images));
    return matcher.best(vectors, options.topWords());
  }

  @Override
  public void close() {
    bert.close();
    if (clip != null) {
      clip.close();
    }
  }
}
