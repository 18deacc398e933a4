package dev.weft.nn.bert;

import dev.weft.autograd.NoGrad;
import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.nn.Mode;
import dev.weft.nn.PackedTokens;
import dev.weft.nn.RowStream;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.Beside;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.OpenModule;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.checkpoint.WeightUse;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.TextBatches;
import dev.weft.nn.text.Tokenizer;
import dev.weft.nn.text.WordPiece;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * BERT with its tokenizer: from texts to vectors.
 *
 * <pre>{@code
 * try (var bert = BertModel.load(Path.of("bert-base-uncased"))) {
 *   Tensor vectors = bert.embed(List.of("a red shoe", "a blue shoe"), BertPooling.CLS);
 * }
 * }</pre>
 *
 * <p>Threads may share a model for inference.
 */
public final class BertModel implements AutoCloseable {
  private final BertConfig config;
  private final Tokenizer tokenizer;
  private final OpenModule<BertNetwork> network;

  private BertModel(BertConfig config, Tokenizer tokenizer, OpenModule<BertNetwork> network) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.network = network;
  }

  /** A model whose parameters come from {@code weights}: to be trained, or saved. */
  public static BertModel create(Weights weights, BertConfig config, Tokenizer tokenizer) {
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw new IllegalArgumentException(
          "bert: the tokenizer knows "
              + tokenizer.vocabularySize()
              + " tokens, the model "
              + config.vocabularySize());
    }
    return new BertModel(
        config, tokenizer, OpenModule.of("bert", BertNetwork.create(weights, config)));
  }

  /**
   * Reads a Hugging Face folder: {@code config.json}, {@code vocab.txt} and the weights, in any of
   * the forms that {@link ModelFolder#openWeights} knows; parameters may have anything before their
   * names ({@code bert.}) and old names ({@code gamma}). Weights are constants, matrices of F16 and
   * BF16 stay as they are, and results are F32. What belongs to a head is left out; a pooler may be
   * missing.
   *
   * @throws dev.weft.nn.checkpoint.CheckpointException one line that names file and field
   * @throws dev.weft.nn.text.TokenizerException if the vocabulary cannot be used
   */
  public static BertModel load(Path folder) {
    return load(folder, WeightUse.INFERENCE);
  }

  /** The same with a choice between a model to use and one to train. */
  public static BertModel load(Path folder, WeightUse use) {
    Beside<WordPiece> vocabulary = Beside.start(() -> WordPiece.load(folder));
    BertConfig config = BertConfig.read(folder);
    OpenModule<BertNetwork> network;
    try {
      network = loadNetwork(folder, config, use);
    } catch (RuntimeException e) {
      fitted(vocabulary.get(), folder, config); // Where both are wrong, it is told first.
      throw e;
    }
    try {
      return new BertModel(config, fitted(vocabulary.get(), folder, config), network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** The tokenizer as far as the model goes: its tokens and its positions. */
  private static WordPiece fitted(WordPiece tokenizer, Path folder, BertConfig config) {
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw new CheckpointException(
          folder
              + ": vocab.txt has "
              + tokenizer.vocabularySize()
              + " tokens, vocab_size of config.json is "
              + config.vocabularySize());
    }
    return tokenizer.maxLength() > config.maxPositions()
        ? tokenizer.withMaxLength(config.maxPositions())
        : tokenizer;
  }

  private static OpenModule<BertNetwork> loadNetwork(
      Path folder, BertConfig config, WeightUse use) {
    return OpenModule.load(
        "bert",
        ModelFolder.openWeights(folder),
        use,
        checkpoint -> {
          BertNames names = BertNames.in(checkpoint);
          return use.of(checkpoint, names)
              .create(
                  weights ->
                      names.hasPooler()
                          ? BertNetwork.create(weights, config)
                          : BertNetwork.withoutPooler(weights, config),
                  names::isBeside);
        });
  }

  /** Writes a Hugging Face folder: configuration, vocabulary and weights. */
  public void save(Path folder) {
    Map<String, Variable> parameters = network().parameters();
    ModelFolder.create(folder);
    config.write(folder);
    tokenizer.save(folder);
    SafeTensors.write(
        folder.resolve(ModelFolder.WEIGHTS),
        BertNames.HUGGING_FACE.toStored(parameters),
        Map.of("format", "pt"));
  }

  /** What the model is made of. */
  public BertConfig config() {
    return config;
  }

  /** How texts become ids. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The layers. */
  public BertNetwork network() {
    return network.module();
  }

  /** Runs the network; see {@link BertNetwork#forward}. */
  public BertOutput forward(Tensor inputIds, Tensor attentionMask, Mode mode) {
    return network().forward(inputIds, attentionMask, mode);
  }

  /**
   * All hidden states of the last layer, every text padded to the longest, and what else is asked
   * for. For one vector a text, {@link #embed} is faster: it computes no padding.
   */
  public BertEncoding encode(List<String> texts, Detail... details) {
    return encodeTokens(tokenizer.encodeAll(texts), details);
  }

  /** The same for encodings, which may be pairs of texts. */
  public BertEncoding encodeTokens(List<Encoding> encodings, Detail... details) {
    return BertStates.of(this, encodings, Set.of(details));
  }

  /**
   * One vector for each text: [texts, hidden], in the order given. Texts of like length run
   * together and without padding; texts with the same tokens run once.
   */
  public Tensor embed(List<String> texts, BertPooling pooling) {
    network();
    return embedTokens(tokenizer.encodeAll(texts), pooling);
  }

  /** The same for encodings, which may be pairs of texts. */
  public Tensor embedTokens(List<Encoding> encodings, BertPooling pooling) {
    BertNetwork current = network();
    requireSegments(encodings);
    TextBatches batches = TextBatches.of(encodings);
    try (var scope = Scope.open()) {
      Shape shape = Shape.of(batches.rows(), config.encoder().hiddenSize());
      Tensor vectors = Tensor.empty(current.dtype(), shape, Device.CPU);
      int from = 0;
      for (List<Encoding> batch : batches.batches()) {
        Tensor into = vectors.slice(0, from, from + batch.size());
        try (var _ = NoGrad.open();
            var _ = Scope.open()) {
          PackedTokens tokens = PackedTokens.of(batch);
          Tensor states = current.forward(tokens, Mode.inference()).value();
          Ops.copyInto(into, pooling.pool(states, tokens));
        }
        from += batch.size();
      }
      return scope.keep(Ops.gather(vectors, batches.positions()));
    }
  }

  /**
   * One vector of [hidden] for each text, in the order given, as they come: a thousand texts are
   * read and computed when the first of their vectors is asked for. The result has to be read by
   * one thread.
   */
  public Stream<float[]> embed(Stream<String> texts, BertPooling pooling) {
    return RowStream.of(texts, window -> embed(window, pooling));
  }

  /** Fails unless the model knows the segments, and so the number of texts, of all encodings. */
  void requireSegments(List<Encoding> encodings) {
    for (int text = 0; text < encodings.size(); text++) {
      int greatest = IntStream.of(encodings.get(text).typeIds()).max().orElse(0);
      if (greatest >= config.tokenTypes()) {
        throw new IllegalArgumentException(
            "bert: text %d has tokens of segment %d, but type_vocab_size is %d"
                .formatted(text, greatest, config.tokenTypes()));
      }
    }
  }

  /** Lets the weights and their file go; the model cannot be used any more. */
  @Override
  public void close() {
    network.close();
  }
}
