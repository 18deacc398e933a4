package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * BERT's tokenizer: words, then for each word the longest piece of the vocabulary that it begins
 * with, then the longest that goes on ({@code ##piece}); a word that cannot be pieced together is
 * {@code [UNK]}. Equal to the tokenizer published with Devlin et al., arXiv 1810.04805, where it is
 * made of a {@code vocab.txt}, and to the tokenizers library where it is made of a {@code
 * tokenizer.json}: they differ in Greek capital sigmas and in characters newer than Unicode 8.
 * Special tokens are found wherever a text writes them, as transformers does.
 */
public final class WordPiece implements Tokenizer {
  static final String CONTINUATION = "##";

  /** Longer words are not pieced together but unknown. */
  private static final int MAX_WORD_CHARACTERS = 100;

  private final Vocabulary vocabulary;
  private final List<AddedToken> added;
  private final WordPieceOptions options;
  private final SpecialTokens special;
  private final Encoder encoder;
  private final int pad;

  /** The file this was made of, for {@link #save}; null where there is a vocab.txt. */
  private final String json;

  private WordPiece(
      Vocabulary vocabulary,
      List<AddedToken> added,
      WordPieceOptions options,
      SpecialTokens special,
      Encoder encoder,
      int pad,
      String json) {
    this.vocabulary = vocabulary;
    this.added = List.copyOf(added);
    this.options = options;
    this.special = special;
    this.encoder = encoder;
    this.pad = pad;
    this.json = json;
  }

  /** A tokenizer over tokens in the order of their ids, with BERT's special tokens among them. */
  public static WordPiece of(List<String> vocabulary, WordPieceOptions options) {
    return of(
        "vocabulary",
        Vocabulary.of(vocabulary),
        SpecialTokens.BERT,
        List.of(),
        options,
        EncodingOptions.Side.RIGHT);
  }

  private static WordPiece of(
      String source,
      Vocabulary pieces,
      SpecialTokens special,
      List<AddedToken> added,
      WordPieceOptions options,
      EncodingOptions.Side side) {
    int unknown = pieces.require(source, special.unknown());
    Template template =
        Template.bert(
            pieces.require(source, special.begin()), pieces.require(source, special.end()));
    LongestPieces model = new LongestPieces(pieces, CONTINUATION, unknown, MAX_WORD_CHARACTERS);
    TextPipeline.Parts parts =
        new TextPipeline.Parts(
            text -> text,
            Normalizations.bert(options, true, CharacterRules.ORIGINAL),
            WordSplitter.bert(CharacterRules.ORIGINAL),
            AsciiWords.BERT,
            options.lowerCase());
    TextPipeline pipeline = new TextPipeline(parts, model, withSpecial(pieces, special, added));
    Encoder encoder = new Encoder(pipeline, template, options.maxLength(), side);
    int pad = pieces.require(source, special.pad());
    return new WordPiece(pieces.with(added), added, options, special, encoder, pad, null);
  }

  /** The special tokens, where no added token says more about them, and the added ones. */
  private static List<AddedToken> withSpecial(
      Vocabulary pieces, SpecialTokens special, List<AddedToken> added) {
    List<AddedToken> all = new ArrayList<>(added);
    for (String content : special.all()) {
      Integer id = pieces.ids().get(content);
      if (id != null && added.stream().noneMatch(token -> token.content().equals(content))) {
        all.add(AddedToken.special(id, content));
      }
    }
    return all;
  }

  /**
   * Loads a Hugging Face folder, or one of its vocabulary files.
   *
   * <p>Of a folder {@code tokenizer.json} is read if it is there, as transformers does, else {@code
   * vocab.txt} with {@code added_tokens.json}. {@code tokenizer_config.json} is read beside either:
   * what it says about {@code do_lower_case}, {@code strip_accents} and {@code
   * tokenize_chinese_chars} holds against tokenizer.json. Where it says nothing, tokenizer.json
   * holds, also where the class that transformers would choose has another default. {@code
   * special_tokens_map.json} holds against tokenizer_config.json unless that has an {@code
   * added_tokens_decoder}. Added tokens beyond {@code vocab_size} of a {@code config.json} are left
   * out.
   *
   * @throws TokenizerException if a file is missing or not what it should be
   */
  public static WordPiece load(Path path) {
    TokenizerConfig config = VocabularySource.config(path);
    config.requirePlainWords();
    Path json = VocabularySource.json(path);
    if (json != null) {
      return load(TokenizerJson.read(json), config);
    }
    Path file = Files.isRegularFile(path) ? path : path.resolve(VocabularySource.BERT_VOCABULARY);
    List<String> lines = pieces(file);
    boolean lowerCase = config.flag("do_lower_case", true);
    WordPieceOptions options =
        new WordPieceOptions(
            lowerCase,
            config.flag("strip_accents", lowerCase),
            config.flag("tokenize_chinese_chars", true),
            config.maxLength(WordPieceOptions.UNCASED.maxLength()));
    return of(
        file.toString(),
        Vocabulary.of(lines),
        config.bertTokens(),
        AddedTokenFiles.read(path, config, config.modelVocabulary()),
        options,
        config.truncationSide());
  }

  /** A token a line; an empty line has an id too, but for those that end the file. */
  private static List<String> pieces(Path file) {
    List<String> lines = VocabularyFiles.lines(file).stream().map(Characters::strip).toList();
    int count = lines.size();
    while (count > 0 && lines.get(count - 1).isEmpty()) {
      count--;
    }
    return lines.subList(0, count);
  }

  private static WordPiece load(TokenizerJson json, TokenizerConfig config) {
    json.requireModel("WordPiece");
    String source = json.file().toString();
    JsonNode model = json.model();
    JsonNode normalizer = normalizer(json, config);
    SpecialTokens special = config.bertTokens();
    Vocabulary pieces = json.vocabulary();
    List<AddedToken> added = new ArrayList<>(json.addedTokens(pieces, config.modelVocabulary()));
    Vocabulary all = pieces.with(added);
    int unknown = all.require(source, model.path("unk_token").asText("[UNK]"));
    LongestPieces words =
        new LongestPieces(
            pieces,
            model.path("continuing_subword_prefix").asText(CONTINUATION),
            unknown,
            model.path("max_input_chars_per_word").asInt(MAX_WORD_CHARACTERS));
    TextPipeline pipeline =
        new TextPipeline(new TokenizerJsonSteps(json, normalizer).parts(), words, added);
    int maxLength = config.maxLength(WordPieceOptions.UNCASED.maxLength());
    Encoder encoder = new Encoder(pipeline, json.template(all), maxLength, config.truncationSide());
    return new WordPiece(
        all,
        added,
        TokenizerJsonSteps.bertOptions(normalizer).withMaxLength(maxLength),
        special,
        encoder,
        all.ids().getOrDefault(special.pad(), 0),
        VocabularyFiles.text(json.file()));
  }

  /** The file's, with what tokenizer_config.json says of a BertNormalizer. */
  private static JsonNode normalizer(TokenizerJson json, TokenizerConfig config) {
    JsonNode node = json.normalizer();
    if (!node.path("type").asText().equals("BertNormalizer")) {
      return node;
    }
    ObjectNode changed = node.deepCopy();
    for (String[] names :
        new String[][] {
          {"do_lower_case", "lowercase"},
          {"strip_accents", "strip_accents"},
          {"tokenize_chinese_chars", "handle_chinese_chars"}
        }) {
      if (config.has(names[0])) {
        changed.put(names[1], config.flag(names[0], true));
      }
    }
    if (config.isNull("strip_accents")) {
      changed.putNull("strip_accents");
    }
    return changed;
  }

  /** The same vocabulary with another maximum length. */
  public WordPiece withMaxLength(int maxLength) {
    Encoder shorter =
        new Encoder(encoder.pipeline(), encoder.template(), maxLength, encoder.side());
    return new WordPiece(
        vocabulary, added, options.withMaxLength(maxLength), special, shorter, pad, json);
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

  @Override
  public String token(int id) {
    return vocabulary.token(id);
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public int padId() {
    return pad;
  }

  @Override
  public int maxLength() {
    return encoder.maxLength();
  }

  /** How text is treated. */
  public WordPieceOptions options() {
    return options;
  }

  TextPipeline pipeline() {
    return encoder.pipeline();
  }

  /** Writes {@code vocab.txt} or {@code tokenizer.json}, and {@code tokenizer_config.json}. */
  @Override
  public void save(Path folder) {
    if (json != null) {
      AtomicFiles.writeString(folder.resolve(TokenizerJson.FILE), json);
    } else {
      List<String> pieces = vocabulary.tokens();
      AtomicFiles.writeString(
          folder.resolve(VocabularySource.BERT_VOCABULARY), String.join("\n", pieces) + "\n");
    }
    TokenizerConfig.write(folder, options, special, json == null ? added : List.of());
  }
}
