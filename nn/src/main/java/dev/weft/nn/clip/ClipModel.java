package dev.weft.nn.clip;

import static dev.weft.autograd.op.L2Normalize.l2Normalize;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.CheckpointWeights;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * CLIP with its tokenizer: texts and images to vectors of one space.
 *
 * <p>Threads may share a model for inference.
 */
public final class ClipModel implements AutoCloseable {
  /** Images that run together. */
  private static final int IMAGES = 16;

  private final ClipConfig config;
  private final Tokenizer tokenizer;
  private volatile ClipNetwork network;

  private ClipModel(ClipConfig config, Tokenizer tokenizer, ClipNetwork network) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.network = network;
  }

  /** A model whose parameters come from {@code weights}: to be trained, or saved. */
  public static ClipModel create(Weights weights, ClipConfig config, Tokenizer tokenizer) {
    if (tokenizer.vocabularySize() > config.text().vocabularySize()) {
      throw new IllegalArgumentException(
          "clip: the tokenizer knows "
              + tokenizer.vocabularySize()
              + " tokens, the model "
              + config.text().vocabularySize());
    }
    return new ClipModel(config, tokenizer, ClipNetwork.create(weights, config));
  }

  /**
   * Reads a Hugging Face folder: {@code config.json}, {@code vocab.json}, {@code merges.txt}, and
   * {@code model.safetensors}, whose F16 and BF16 weights become F32.
   *
   * @throws CheckpointException one line that names file and field
   * @throws dev.weft.nn.text.TokenizerException if the vocabulary cannot be used
   */
  public static ClipModel load(Path folder) {
    ClipConfig config = ClipConfig.read(folder);
    ClipBpe tokenizer = ClipBpe.load(folder);
    if (tokenizer.maxLength() > config.text().maxPositions()) {
      tokenizer = tokenizer.withMaxLength(config.text().maxPositions());
    }
    if (tokenizer.vocabularySize() > config.text().vocabularySize()) {
      throw new CheckpointException(
          folder
              + ": vocab.json has "
              + tokenizer.vocabularySize()
              + " tokens, vocab_size of config.json is "
              + config.text().vocabularySize());
    }
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      CheckpointWeights weights =
          new CheckpointWeights(
              checkpoint,
              folder.resolve(ModelFolder.WEIGHTS).toString(),
              DType.F32,
              ClipNames.HUGGING_FACE);
      ClipNetwork network = ClipNetwork.create(weights, config);
      weights.verify();
      return new ClipModel(config, tokenizer, network);
    }
  }

  /** Writes a Hugging Face folder: configuration, vocabulary and weights. */
  public void save(Path folder) {
    ModelFolder.create(folder);
    config.write(folder);
    tokenizer.save(folder);
    SafeTensors.write(
        folder.resolve(ModelFolder.WEIGHTS),
        ClipNames.HUGGING_FACE.toStored(network().parameters()),
        Map.of("format", "pt"));
  }

  /** What the model is made of. */
  public ClipConfig config() {
    return config;
  }

  /** How texts become ids. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The layers. */
  public ClipNetwork network() {
    ClipNetwork current = network;
    if (current == null) {
      throw new IllegalStateException("clip: the model is closed");
    }
    return current;
  }

  /** One vector for each text, not normalised: [texts, projection], in the order given. */
  public Tensor encodeText(List<String> texts) {
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
      return scope.keep(network().text().forward(tokens.inputIds(), Mode.inference()).value());
    }
  }

  /**
   * One vector for each preprocessed image, not normalised: [images, projection].
   *
   * @param pixels [images, channels, imageSize, imageSize]
   */
  public Tensor encodePixels(Tensor pixels) {
    int count = pixels.dim(0);
    Tensor vectors = vectors(count);
    for (int from = 0; from < count; from += IMAGES) {
      int to = Math.min(count, from + IMAGES);
      try (var _ = NoGrad.open();
          var _ = Scope.open()) {
        Variable batch = Variable.of(Ops.cast(pixels.slice(0, from, to), vectors.dtype()));
        Variable embedded = network().vision().forward(batch, Mode.inference());
        Ops.copyInto(vectors.slice(0, from, to), embedded.value());
      }
    }
    return vectors;
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
      Tensor cosines = Ops.matmul(unit(images), unit(texts).transpose(0, 1));
      double factor = Math.exp(network().logitScale().value().item());
      return scope.keep(Ops.multiply(cosines, factor));
    }
  }

  private static Tensor unit(Tensor vectors) {
    return l2Normalize(Variable.of(vectors), -1, 1e-12).value();
  }

  private Tensor vectors(int count) {
    DType dtype = network().logitScale().dtype();
    return Tensor.empty(dtype, Shape.of(count, config.projectionSize()), Device.CPU);
  }

  /** Lets the weights go; the model cannot be used any more. */
  @Override
  public void close() {
    network = null;
  }
}
