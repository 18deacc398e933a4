package dev.weft.nn.bert;

import dev.weft.autograd.NoGrad;
import dev.weft.nn.Mode;
import dev.weft.nn.Weights;
import dev.weft.nn.checkpoint.Checkpoint;
import dev.weft.nn.checkpoint.CheckpointException;
import dev.weft.nn.checkpoint.CheckpointWeights;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.TextBatches;
import dev.weft.nn.text.TokenBatch;
import dev.weft.nn.text.Tokenizer;
import dev.weft.nn.text.WordPiece;
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
  private volatile BertNetwork network;

  private BertModel(BertConfig config, Tokenizer tokenizer, BertNetwork network) {
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
    return new BertModel(config, tokenizer, BertNetwork.create(weights, config));
  }

  /**
   * Reads a Hugging Face folder: {@code config.json}, {@code vocab.txt} and the weights, in any of
   * the forms that {@link ModelFolder#openWeights} knows; parameters may have anything before their
   * names ({@code bert.}) and old names ({@code gamma}); F16 and BF16 weights become F32. What
   * belongs to a head is left out; a pooler may be missing.
   *
   * @throws dev.weft.nn.checkpoint.CheckpointException one line that names file and field
   * @throws dev.weft.nn.text.TokenizerException if the vocabulary cannot be used
   */
  public static BertModel load(Path folder) {
    BertConfig config = BertConfig.read(folder);
    WordPiece tokenizer = WordPiece.load(folder);
    if (tokenizer.maxLength() > config.maxPositions()) {
      tokenizer = tokenizer.withMaxLength(config.maxPositions());
    }
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw new CheckpointException(
          folder
              + ": vocab.txt has "
              + tokenizer.vocabularySize()
              + " tokens, vocab_size of config.json is "
              + config.vocabularySize());
    }
    try (Checkpoint checkpoint = ModelFolder.openWeights(folder)) {
      BertNames names = BertNames.in(checkpoint);
      CheckpointWeights stored =
          new CheckpointWeights(checkpoint, checkpoint.source(), DType.F32, names);
      BertNetwork network =
          stored.create(
              weights ->
                  names.hasPooler()
                      ? BertNetwork.create(weights, config)
                      : BertNetwork.withoutPooler(weights, config),
              names::isBeside);
      return new BertModel(config, tokenizer, network);
    }
  }

  /** Writes a Hugging Face folder: configuration, vocabulary and weights. */
  public void save(Path folder) {
    ModelFolder.create(folder);
    config.write(folder);
    tokenizer.save(folder);
    SafeTensors.write(
        folder.resolve(ModelFolder.WEIGHTS),
        BertNames.HUGGING_FACE.toStored(network().parameters()),
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
    BertNetwork current = network;
    if (current == null) {
      throw new IllegalStateException("bert: the model is closed");
    }
    return current;
  }

  /** Runs the network; see {@link BertNetwork#forward}. */
  public BertOutput forward(Tensor inputIds, Tensor attentionMask, Mode mode) {
    return network().forward(inputIds, attentionMask, mode);
  }

  /** All hidden states of the last layer, every text padded to the longest. */
  public BertEncoding encode(List<String> texts) {
    TokenBatch tokens =
        TokenBatch.pad(tokenizer.encodeAll(texts), config.maxPositions(), tokenizer.padId());
    int count = texts.size();
    int seq = tokens.inputIds().dim(1);
    int hidden = config.encoder().hiddenSize();
    DType dtype = network().words().weight().dtype();
    Tensor states = Tensor.empty(dtype, Shape.of(count, seq, hidden), Device.CPU);
    Tensor pooled = Tensor.empty(dtype, Shape.of(count, hidden), Device.CPU);
    boolean pools = network().pooler() != null;
    int step = Math.max(1, TextBatches.TOKENS / Math.max(1, seq));
    for (int from = 0; from < count; from += step) {
      int to = Math.min(count, from + step);
      try (var _ = NoGrad.open();
          var _ = Scope.open()) {
        Tensor ids = tokens.inputIds().slice(0, from, to);
        Tensor mask = tokens.attentionMask().slice(0, from, to);
        BertOutput output = forward(ids, mask, Mode.inference());
        Ops.copyInto(states.slice(0, from, to), output.lastHiddenState().value());
        if (pools) {
          Ops.copyInto(pooled.slice(0, from, to), output.poolerOutput().value());
        }
      }
    }
    return new BertEncoding(tokens, states, pools ? pooled : null);
  }

  /**
   * One vector for each text: [texts, hidden], in the order given. Texts of like length run
   * together, so that many short ones cost little.
   */
  public Tensor embed(List<String> texts, BertPooling pooling) {
    TextBatches batches = TextBatches.of(tokenizer.encodeAll(texts));
    DType dtype = network().words().weight().dtype();
    try (var scope = Scope.open()) {
      Shape shape = Shape.of(batches.rows(), config.encoder().hiddenSize());
      Tensor vectors = Tensor.empty(dtype, shape, Device.CPU);
      int from = 0;
      for (List<Encoding> batch : batches.batches()) {
        Ops.copyInto(vectors.slice(0, from, from + batch.size()), embedBatch(batch, pooling));
        from += batch.size();
      }
      return scope.keep(Ops.gather(vectors, batches.positions()));
    }
  }

  private Tensor embedBatch(List<Encoding> batch, BertPooling pooling) {
    TokenBatch tokens = TokenBatch.pad(batch, config.maxPositions(), tokenizer.padId());
    try (var _ = NoGrad.open();
        var scope = Scope.open()) {
      BertOutput output = forward(tokens.inputIds(), tokens.attentionMask(), Mode.inference());
      return scope.keep(pooling.pool(output.lastHiddenState().value(), tokens.attentionMask()));
    }
  }

  /** Lets the weights go; the model cannot be used any more. */
  @Override
  public void close() {
    network = null;
  }
}
