package dev.weft.nn.clip;

import static dev.weft.autograd.op.L2Normalize.l2Normalize;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.Mode;
import dev.weft.nn.PackedTokens;
import dev.weft.nn.RowStream;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.OpenModule;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.TextBatches;
import dev.weft.nn.text.TokenBatch;
import dev.weft.nn.text.Tokenizer;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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
  private final OpenModule<ClipParts> parts;

  private ClipModel(OpenModule<ClipParts> parts) {
    this.config = parts.module().config();
    this.tokenizer = parts.module().tokenizer();
    this.preprocessor = parts.module().preprocessor();
    this.parts = parts;
  }

  /**
   * A model whose parameters come from {@code weights}: to be trained, or saved. Images are
   * preprocessed as OpenAI's are. The tokenizer is null for an image encoder alone.
   */
  public static ClipModel create(Weights weights, ClipConfig config, Tokenizer tokenizer) {
    if (config.text() != null && tokenizer.vocabularySize() > config.text().vocabularySize()) {
      throw new IllegalArgumentException(
          "clip: the tokenizer knows "
              + tokenizer.vocabularySize()
              + " tokens, the model "
              + config.text().vocabularySize());
    }
    ClipPreprocessor preprocessor =
        config.vision() == null ? null : ClipPreprocessor.ofSize(config.vision().imageSize());
    ClipNetwork network = ClipNetwork.create(weights, config);
    return new ClipModel(
        OpenModule.of("clip", new ClipParts(config, tokenizer, preprocessor, network)));
  }

  /**
   * Reads a Hugging Face folder: {@code config.json}, {@code vocab.json}, {@code merges.txt},
   * {@code preprocessor_config.json}, and the weights, in any of the forms that {@link
   * ModelFolder#openWeights} knows. Weights are constants, matrices of F16 and BF16 stay as they
   * are, and results are F32. A folder may hold one encoder alone, with or without its projection.
   * Weights may have OpenAI's own names; then {@code config.json} may be missing. A folder without
   * {@code preprocessor_config.json} has its pictures treated as OpenAI does; one without a
   * vocabulary encodes pictures, and texts that were tokenized before.
   *
   * @throws CheckpointException one line that names file and field
   * @throws dev.weft.nn.text.TokenizerException if the vocabulary cannot be used
   * @throws dev.weft.nn.image.ImageException if the preprocessing cannot be done
   */
  public static ClipModel load(Path folder) {
    return load(folder, WeightUse.INFERENCE);
  }

  /** The same with a choice between a model to use and one to train. */
  public static ClipModel load(Path folder, WeightUse use) {
    return new ClipModel(ClipFolder.load(folder, use));
  }

  /** Writes a Hugging Face folder: configuration, vocabulary, preprocessing and weights. */
  public void save(Path folder) {
    Map<String, Variable> parameters = network().parameters();
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
        ClipNames.HUGGING_FACE.toStored(parameters),
        Map.of("format", "pt"));
  }

  /** What the model is made of. */
  public ClipConfig config() {
    return config;
  }

  /** How texts become ids; null in an image encoder alone, and where the folder says nothing. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How pictures become pixels; null in a text encoder alone. */
  public ClipPreprocessor preprocessor() {
    return preprocessor;
  }

  /** The layers. */
  public ClipNetwork network() {
    return parts.module().network();
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

  /**
   * One vector for each text, not normalised: [texts, projection], in the order given; [texts,
   * hidden] where the model has no projection. Texts of like length run together and without
   * padding; texts with the same tokens run once.
   */
  public Tensor encodeText(List<String> texts) {
    return encodeTokens(tokens(texts));
  }

  private List<Encoding> tokens(List<String> texts) {
    text();
    if (tokenizer == null) {
      throw new IllegalStateException("clip: the model's folder has no vocabulary");
    }
    return tokenizer.encodeAll(texts);
  }

  /** The same for texts that were tokenized before. */
  public Tensor encodeTokens(List<Encoding> encodings) {
    ClipTextNetwork network = text();
    TextBatches batches = TextBatches.of(encodings);
    try (var scope = Scope.open()) {
      Tensor vectors = vectors(network.projection(), network.finalNorm(), batches.rows());
      int from = 0;
      for (List<Encoding> batch : batches.batches()) {
        Tensor into = vectors.slice(0, from, from + batch.size());
        try (var _ = NoGrad.open();
            var _ = Scope.open()) {
          PackedTokens tokens = PackedTokens.of(batch);
          Ops.copyInto(into, network.forward(tokens, Mode.inference()).value());
        }
        from += batch.size();
      }
      return scope.keep(Ops.gather(vectors, batches.positions()));
    }
  }

  /**
   * One vector for each text, as {@link #encodeText(List)}, as they come: a thousand texts are read
   * and computed when the first of their vectors is asked for.
   */
  public Stream<float[]> encodeText(Stream<String> texts) {
    return RowStream.of(texts, this::encodeText);
  }

  /** Texts' states, every text padded to the longest, and what else is asked for. */
  public ClipEncoding inspectText(List<String> texts, Detail... details) {
    List<Encoding> encodings = tokens(texts);
    int longest = config.text().maxPositions();
    TokenBatch tokens = TokenBatch.pad(encodings, longest, tokenizer.padId());
    return inspectTokens(tokens.inputIds(), details);
  }

  /** The same for I32 ids [texts, seq], padded with whatever is no end token. */
  public ClipEncoding inspectTokens(Tensor inputIds, Detail... details) {
    ClipTextNetwork network = text();
    int step = Math.max(1, TextBatches.TOKENS / Math.max(1, inputIds.dim(1)));
    ClipStates states = new ClipStates(inputIds.dim(0), step, Set.of(details));
    return states.compute(
        (from, to, shown) -> network.forward(inputIds.slice(0, from, to), Mode.inference(), shown));
  }

  /**
   * One vector for each picture, not normalised: [images, projection]; [images, hidden] where the
   * model has no projection.
   */
  public Tensor encodeImage(List<BufferedImage> images) {
    return encodeImages(
        images.size(), (from, to) -> preprocessor.preprocess(images.subList(from, to)));
  }

  /** The same from files, of which few are in memory at a time; all threads decode them. */
  public Tensor encodeFiles(List<Path> files) {
    return encodeImages(
        files.size(), (from, to) -> PictureFiles.pixels(files.subList(from, to), preprocessor));
  }

  /** One vector for each picture file, in the order given, as they come. */
  public Stream<float[]> encodeFiles(Stream<Path> files) {
    return RowStream.of(files, this::encodeFiles);
  }

  /**
   * The same for preprocessed pictures.
   *
   * @param pixels F32 [images, channels, imageSize, imageSize]
   */
  public Tensor encodePixels(Tensor pixels) {
    return encodeImages(pixels.dim(0), (from, to) -> pixels.slice(0, from, to));
  }

  private Tensor encodeImages(int count, PixelRange pixels) {
    ClipVisionNetwork network = vision();
    Tensor vectors = vectors(network.projection(), network.postNorm(), count);
    for (int from = 0; from < count; from += IMAGES) {
      int to = Math.min(count, from + IMAGES);
      try (var _ = NoGrad.open();
          var _ = Scope.open()) {
        Variable batch = placed(network, pixels.of(from, to));
        Variable embedded = network.forward(batch, Mode.inference());
        Ops.copyInto(vectors.slice(0, from, to), embedded.value());
      }
    }
    return vectors;
  }

  /** Pictures' states, and what else is asked for. */
  public ClipEncoding inspectImage(List<BufferedImage> images, Detail... details) {
    vision();
    return inspectPixels(preprocessor.preprocess(images), details);
  }

  /** The same for preprocessed pictures, F32 [images, channels, imageSize, imageSize]. */
  public ClipEncoding inspectPixels(Tensor pixels, Detail... details) {
    ClipVisionNetwork network = vision();
    ClipStates states = new ClipStates(pixels.dim(0), IMAGES, Set.of(details));
    return states.compute(
        (from, to, shown) -> {
          Variable batch = placed(network, pixels.slice(0, from, to));
          return network.forward(batch, Mode.inference(), shown);
        });
  }

  /** Pixels as a network takes them: on its device, in its element type. */
  private static Variable placed(ClipVisionNetwork network, Tensor pixels) {
    Tensor like = network.postNorm().weight().value();
    return Variable.of(Ops.cast(pixels.to(like.device()), like.dtype()));
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

  private static Tensor vectors(Linear projection, LayerNorm norm, int count) {
    int width = projection == null ? norm.weight().dim(0) : projection.out();
    return Tensor.empty(norm.weight().dtype(), Shape.of(count, width), Device.CPU);
  }

  /** Lets the weights go; the model cannot be used any more. */
  @Override
  public void close() {
    parts.close();
  }
}
