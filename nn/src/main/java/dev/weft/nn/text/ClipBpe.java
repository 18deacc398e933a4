package dev.weft.nn.text;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * CLIP's tokenizer: lower-case text, byte-pair encoding of each word's UTF-8 bytes, the last of
 * them marked with {@code </w>} (Radford et al., arXiv 2103.00020, and the code published with it).
 *
 * <p>The published tokenizer also runs ftfy, a repairer of mis-decoded text, where that is
 * installed; this one does not.
 */
public final class ClipBpe implements Tokenizer {
  /** Opens every text. */
  public static final String BEGIN = "<|startoftext|>";

  /** Ends every text; its place is where CLIP reads the text's embedding. */
  public static final String END = "<|endoftext|>";

  /** The context length of all published CLIP models. */
  public static final int MAX_LENGTH = 77;

  static final String WORD_END = "</w>";

  private static final String MERGES_HEADER = "#version: 0.2";

  private static final TextPipeline.Parts PARTS =
      new TextPipeline.Parts(
          ClipText::unescaped,
          LowerCase::original,
          ClipText.Variant.ORIGINAL.splitter(),
          AsciiWords.CLIP,
          true);

  private final Vocabulary vocabulary;
  private final int ownTokens;
  private final List<AddedToken> added;
  private final List<BytePairs.Merge> merges;
  private final Encoder encoder;
  private final int end;

  /** The file this was made of, for {@link #save}; null where there are vocab.json and merges. */
  private final String json;

  ClipBpe(
      Vocabulary vocabulary,
      int ownTokens,
      List<AddedToken> added,
      List<BytePairs.Merge> merges,
      Encoder encoder,
      int end,
      String json) {
    this.vocabulary = vocabulary;
    this.ownTokens = ownTokens;
    this.added = List.copyOf(added);
    this.merges = merges;
    this.encoder = encoder;
    this.end = end;
    this.json = json;
  }

  /**
   * A tokenizer over tokens in the order of their ids, and merges, each two tokens with a space
   * between them, in the order of their rank.
   */
  static ClipBpe of(List<String> vocabulary, List<String> merges, int maxLength) {
    return of(
        "vocabulary",
        Vocabulary.of(vocabulary),
        merges,
        List.of(),
        maxLength,
        EncodingOptions.Side.RIGHT);
  }

  static ClipBpe of(
      String source,
      Vocabulary own,
      List<String> mergeLines,
      List<AddedToken> added,
      int maxLength,
      EncodingOptions.Side side) {
    int begin = own.require(source, BEGIN);
    int end = own.require(source, END);
    List<BytePairs.Merge> merges =
        mergeLines.stream().map(line -> BytePairs.Merge.parse(source, line)).toList();
    BytePairs model = new BytePairs(source, own, merges, Map.of(BEGIN, begin, END, end), -1);
    Encoder encoder =
        new Encoder(
            new TextPipeline(PARTS, model, added),
            Template.roberta(begin, end),
            checked(source, maxLength),
            side);
    return new ClipBpe(own.with(added), own.size(), added, merges, encoder, end, null);
  }

  private static int checked(String source, int maxLength) {
    if (maxLength < 2) {
      throw new TokenizerException(
          source + ": a maximum length of " + maxLength + " has no room for begin and end");
    }
    return maxLength;
  }

  /**
   * Loads a Hugging Face folder, OpenAI's file, or a {@code tokenizer.json}.
   *
   * <p>Of a folder {@code vocab.json} and {@code merges.txt} are read if they are there, with
   * {@code added_tokens.json} and what {@code tokenizer_config.json} adds; else OpenAI's {@code
   * bpe_simple_vocab_16e6.txt.gz}; else {@code tokenizer.json}. The former two treat text as the
   * code does that the model was trained with: character references are unescaped, twice, and the
   * markers are part of the expression that splits words. A tokenizer.json is followed as it is
   * written: no references, Normalization Form C, markers found first. So it comes last, other than
   * with BERT, whose tokenizer.json says the same as its vocabulary. Added tokens beyond {@code
   * vocab_size} of a {@code config.json} are left out.
   *
   * @throws TokenizerException if a file is missing or not what it should be
   */
  public static ClipBpe load(Path path) {
    return ClipFiles.load(path);
  }

  /** The same vocabulary with another maximum length. */
  public ClipBpe withMaxLength(int length) {
    Encoder shorter =
        new Encoder(
            encoder.pipeline(), encoder.template(), checked("vocabulary", length), encoder.side());
    return new ClipBpe(vocabulary, ownTokens, added, merges, shorter, end, json);
  }

  @Override
  public Encoding encode(String text) {
    return encoder.encode(text);
  }

  @Override
  public Encoding encode(String text, String second, EncodingOptions how) {
    return encoder.encode(text, second, how);
  }

  @Override
  public int[] ids(String text) {
    return encoder.ids(text);
  }

  /** Hands each word of a text to {@code words}, as the model will see it. */
  static void words(String text, Consumer<String> words) {
    PARTS.words(text, 0, text.length(), words);
  }

  @Override
  public String token(int id) {
    return vocabulary.token(id);
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** 0, as the published code pads; what stands after the end token is never read. */
  @Override
  public int padId() {
    return 0;
  }

  /** The id of {@link #END}. */
  public int endId() {
    return end;
  }

  @Override
  public int maxLength() {
    return encoder.maxLength();
  }

  /**
   * Writes {@code vocab.json} and {@code merges.txt}, or {@code tokenizer.json}, and {@code
   * tokenizer_config.json}.
   */
  @Override
  public void save(Path folder) {
    if (json != null) {
      AtomicFiles.writeString(folder.resolve(TokenizerJson.FILE), json);
      TokenizerConfig.writeClip(folder, maxLength(), List.of());
      return;
    }
    ObjectNode ids = JsonNodeFactory.instance.objectNode();
    for (int id = 0; id < ownTokens; id++) {
      ids.put(vocabulary.token(id), id);
    }
    AtomicFiles.writeString(folder.resolve(VocabularySource.CLIP_VOCABULARY), ids + "\n");
    StringBuilder lines = new StringBuilder(MERGES_HEADER + "\n");
    merges.forEach(merge -> lines.append(merge).append('\n'));
    AtomicFiles.writeString(folder.resolve(VocabularySource.CLIP_MERGES), lines.toString());
    TokenizerConfig.writeClip(folder, maxLength(), added);
  }
}
