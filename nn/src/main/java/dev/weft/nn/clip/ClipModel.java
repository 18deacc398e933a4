package dev.weft.nn.clip;

import static dev.weft.autograd.op.L2Normalize.l2Normalize;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.CheckpointWeights;
import dev.weft.nn.checkpoint.ModelConfig;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.text.ClipBpe;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.TextBatches;
import dev.weft.nn.text.TokenBatch;
import dev.weft.nn.text.Tokenizer;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * CLIP with its tokenizer and image preprocessing: texts and images to vectors of one space.
 *
 * <pre>{@code
 * try (var clip = ClipModel.load(Path.of("clip-vit-base-patch32"))) {
 *   Tensor image = clip.encodeImage(List.of(Images.read(Path.of("shoe.jpg"))));
 *   Tensor match = clip.logits(image, clip.encodeText(List.of("a red shoe", "a blue shoe")));
 * }
 * }</pre>
 *
 * <p>Threads may share a model for inference.
 */
public final class ClipModel implements AutoCloseable {
  /** Images that run together. */
  private static final int IMAGES = 16;

  private final ClipConfig config;
  private final Tokenizer tokenizer;
  private final ClipPreprocessor preprocessor;
  private volatile ClipNetwork network;

  private ClipModel(
      ClipConfig config, Tokenizer tokenizer, ClipPreprocessor preprocessor, ClipNetwork network) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.preprocessor = preprocessor;
    this.network = network;
  }

  /**
   * A model whose parameters come from {@code weights}: to be trained, or saved. Images are
   * preprocessed as OpenAI's are.
   */
  public static ClipModel create(Weights weights, ClipConfig config, Tokenizer tokenizer) {
    if (tokenizer.vocabularySize() > config.text().vocabularySize()) {
      throw new IllegalArgumentException(
          "clip: the tokenizer knows "
              + tokenizer.vocabularySize()
              + " tokens, the model "
              + config.text().vocabularySize());
    }
    ClipPreprocessor preprocessor = ClipPreprocessor.ofSize(config.vision().imageSize());
    return new ClipModel(config, tokenizer, preprocessor, ClipNetwork.create(weights, config));
  }

  /**
   * Reads a Hugging Face folder: {@code config.json}, {@code vocab.json}, {@code merges.txt},
   * {@code preprocessor_config.json}, and the weights, in any of the forms that {@link
   * ModelFolder#openWeights} knows; F16 and BF16 become F32. A folder may hold one encoder alone,
   * with its projection. Weights may have OpenAI's own names; then {@code config.json} and {@code
   * preprocessor_config.json} may be missing.
   *
   * @throws CheckpointException one line that names file and field
   * @throws dev.weft.nn.text.TokenizerException if the vocabulary cannot be used
   * @throws dev.weft.nn.image.ImageException if the preprocessing cannot be done
   */
  public static ClipModel load(Path folder) {
    ClipConfig stated = ModelConfig.isIn(folder) ? ClipConfig.read(folder) : null;
    if (stated == null && !Files.isDirectory(folder)) {
      throw new CheckpointException("no such folder: " + folder);
    }
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      ClipNames names = ClipNames.in(checkpoint);
      if (stated == null && !names.isOpenAi()) {
        throw new CheckpointException(
            folder + ": no config.json, and the weights do not have OpenAI's names");
      }
      ClipConfig config =
          stated == null
              ? OpenAiSizes.read(checkpoint, names)
              : stated.only(names.hasText(), names.hasVision());
      Tokenizer tokenizer = config.text() == null ? null : loadTokenizer(folder, config.text());
      ClipPreprocessor preprocessor =
          config.vision() == null ? null : loadPreprocessor(folder, config.vision(), names);
      CheckpointWeights stored =
          new CheckpointWeights(checkpoint, checkpoint.source(), DType.F32, names);
      ClipNetwork network =
          stored.create(weights -> ClipNetwork.create(weights, config), names::isBeside);
      return new ClipModel(config, tokenizer, preprocessor, network);
    }
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
    if (names.isOpenAi() && !Files.exists(folder.resolve("preprocessor_config.json"))) {
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

  /** Writes a Hugging Face folder: configuration, vocabulary, preprocessing and weights. */
  public void save(Path folder) {
    ModelFolder.create(folder);
    config.write(folder);
    if (tokenizer != null) {
      tokenizer.save(folder);
    }
    if (preprocessor != null) {
      preprocessor.save(folder);
    }
    SafeTensors.write(
        folder.resolve(ModelFolder.WEIGHTS),
        ClipNames.HUGGING_FACE.toStored(network().parameters()),
        Map.of("format", "pt"));
  }

  /** What the model is made of. */
  public ClipConfig config() {
    return config;
  }

  /** How texts become ids; null in an image encoder alone. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How pictures become pixels; null in a text encoder alone. */
  public ClipPreprocessor preprocessor() {
    return preprocessor;
  }

  /** The layers. */
  public ClipNetwork network() {
    ClipNetwork current = network;
    if (current == null) {
      throw new IllegalStateException("clip: the model is closed");
    }
    return current;
  }

  private ClipTextNetwork text() {
    ClipTextNetwork text = network().text();
    if (text == null) {
      throw new IllegalStateException("clip: the model is an image encoder alone");
    }
    return text;
  }

  private ClipVisionNetwork vision() {
    ClipVisionNetwork vision = network().vision();
    if (vision == null) {
      throw new IllegalStateException("clip: the model is a text encoder alone");
    }
    return vision;
  }

  /** One vector for each text, not normalised: [texts, projection], in the order given. */
  public Tensor encodeText(List<String> texts) {
    text();
    TextBatches batches = TextBatches.of(tokenizer.encodeAll(texts));
    try (var scope = Scope.open()) {
      Tensor vectors = vectors(batches.rows());
      int from = 0;
      for (List<Encoding> batch : batches.batches()) {
        Ops.copyInto(vectors.slice(0, from, from + batch.size()), embed(batch));
        from += batch.size();
      }
      return scope.keep(Ops.gather(vectors, batches.positions()));
    }
  }

  private Tensor embed(List<Encoding> batch) {
    int longest = config.text().maxPositions();
    TokenBatch tokens = TokenBatch.pad(batch, longest, tokenizer.padId());
    try (var _ = NoGrad.open();
        var scope = Scope.open()) {
      return scope.keep(text().forward(tokens.inputIds(), Mode.inference()).value());
    }
  }

  /** One vector for each picture, not normalised: [images, projection]. */
  public Tensor encodeImage(List<BufferedImage> images) {
    return encodeImages(
        images.size(), (from, to) -> preprocessor.preprocess(images.subList(from, to)));
  }

  /**
   * One vector for each preprocessed picture, not normalised: [images, projection].
   *
   * @param pixels F32 [images, channels, imageSize, imageSize]
   */
  public Tensor encodePixels(Tensor pixels) {
    return encodeImages(pixels.dim(0), (from, to) -> pixels.slice(0, from, to));
  }

  private Tensor encodeImages(int count, PixelRange pixels) {
    vision();
    Tensor vectors = vectors(count);
    for (int from = 0; from < count; from += IMAGES) {
      int to = Math.min(count, from + IMAGES);
      try (var _ = NoGrad.open();
          var _ = Scope.open()) {
        Variable batch = Variable.of(Ops.cast(pixels.of(from, to), vectors.dtype()));
        Variable embedded = vision().forward(batch, Mode.inference());
        Ops.copyInto(vectors.slice(0, from, to), embedded.value());
      }
    }
    return vectors;
  }

  /** The pixels of the images of a range. */
  @FunctionalInterface
  private interface PixelRange {
    Tensor of(int from, int to);
  }

  /**
   * How well images and texts match: cosines times the trained factor.
   *
   * @param images [images, projection]
   * @param texts [texts, projection]
   * @return [images, texts]
   */
  public Tensor logits(Tensor images, Tensor texts) {
    try (var _ = NoGrad.open();
        var scope = Scope.open()) {
      double factor = Math.exp(logitScale().value().item());
      Tensor cosines = Ops.matmul(unit(images), unit(texts).transpose(0, 1));
      return scope.keep(Ops.multiply(cosines, factor));
    }
  }

  private Variable logitScale() {
    Variable logitScale = network().logitScale();
    if (logitScale == null) {
      throw new IllegalStateException("clip: one encoder alone has no factor on cosines");
    }
    return logitScale;
  }

  private static Tensor unit(Tensor vectors) {
    return l2Normalize(Variable.of(vectors), -1, 1e-12).value();
  }

  private Tensor vectors(int count) {
    ClipNetwork current = network();
    Linear projection =
        current.text() == null ? current.vision().projection() : current.text().projection();
    DType dtype = projection.weight().dtype();
    return Tensor.empty(dtype, Shape.of(count, config.projectionSize()), Device.CPU);
  }

  /** Lets the weights go; the model cannot be used any more. */
  @Override
  public void close() {
    network = null;
  }
}
