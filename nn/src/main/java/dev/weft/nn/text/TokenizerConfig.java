package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder's {@code tokenizer_config.json}, and {@code config.json} for what the former omits. */
final class TokenizerConfig {
  private static final String FILE = "tokenizer_config.json";
  private static final String MODEL_FILE = "config.json";

  /** Hugging Face writes 1e30 where nobody set a limit. */
  private static final double NO_LIMIT = 1e9;

  private static final String SPECIAL_TOKENS_FILE = "special_tokens_map.json";
  private static final String ADDED_TOKENS = "added_tokens_decoder";

  private final Path folder;
  private final JsonNode config;
  private final JsonNode special;

  private TokenizerConfig(Path folder, JsonNode config, JsonNode special) {
    this.folder = folder;
    this.config = config;
    this.special = special;
  }

  /** Reads the file; a folder without one gets the defaults, as bert-base-uncased once had. */
  static TokenizerConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    JsonNode config =
        Files.exists(file) ? VocabularyFiles.object(file) : JsonNodeFactory.instance.objectNode();
    Path map = folder.resolve(SPECIAL_TOKENS_FILE);
    // As transformers: the map is of the time before added_tokens_decoder, and outdone by it.
    boolean usesMap = Files.exists(map) && !config.has(ADDED_TOKENS);
    JsonNode special =
        usesMap ? VocabularyFiles.object(map) : JsonNodeFactory.instance.objectNode();
    return new TokenizerConfig(folder, config, special);
  }

  /** The configuration of a file that stands for itself. */
  static TokenizerConfig none(Path folder) {
    JsonNode empty = JsonNodeFactory.instance.objectNode();
    return new TokenizerConfig(folder, empty, empty);
  }

  /** Whether the file says something about a field. */
  boolean has(String field) {
    return config.hasNonNull(field);
  }

  /** Whether the file says null of a field, which to transformers is not as if it said nothing. */
  boolean isNull(String field) {
    return config.path(field).isNull();
  }

  /** Refuses the tokenizers of Japanese BERTs whose words a dictionary finds, or letters are. */
  void requirePlainWords() {
    for (String[] field :
        new String[][] {
          {"word_tokenizer_type", "basic"}, {"subword_tokenizer_type", "wordpiece"}
        }) {
      JsonNode kind = config.path(field[0]);
      if (!kind.isMissingNode() && !kind.isNull() && !kind.asText().equals(field[1])) {
        throw failure(
            field[0], "must be \"" + field[1] + "\", the only kind known here", kind, null);
      }
    }
  }

  /** {@code added_tokens_decoder}. */
  List<AddedToken> addedTokens() {
    List<AddedToken> tokens = new ArrayList<>();
    for (var entry : config.path(ADDED_TOKENS).properties()) {
      JsonNode id;
      try {
        id = JsonNodeFactory.instance.numberNode(Integer.parseInt(entry.getKey()));
      } catch (NumberFormatException e) {
        throw failure(ADDED_TOKENS, "must be ids and tokens", entry.getValue(), e);
      }
      String source = folder.resolve(FILE) + ": " + ADDED_TOKENS;
      tokens.add(TokenizerJson.added(source, id, entry.getValue()));
    }
    return tokens;
  }

  /** {@code truncation_side}. */
  EncodingOptions.Side truncationSide() {
    JsonNode side = config.path("truncation_side");
    return switch (side.asText("right")) {
      case "right" -> EncodingOptions.Side.RIGHT;
      case "left" -> EncodingOptions.Side.LEFT;
      default -> throw failure("truncation_side", "must be left or right", side, null);
    };
  }

  /** How many tokens the model has vectors for; a great number where there is no config.json. */
  int modelVocabulary() {
    Path file = folder.resolve(MODEL_FILE);
    if (!Files.exists(file)) {
      return Integer.MAX_VALUE;
    }
    JsonNode model = VocabularyFiles.object(file);
    JsonNode size = model.path("vocab_size");
    if (size.isMissingNode()) {
      size = model.path("text_config").path("vocab_size");
    }
    return size.asInt() > 0 ? size.asInt() : Integer.MAX_VALUE;
  }

  boolean flag(String field, boolean otherwise) {
    JsonNode value = config.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw failure(field, "must be true or false", value, null);
    }
    return value.asBoolean();
  }

  /** The most tokens: the tokenizer's limit, else the model's number of positions. */
  int maxLength(int otherwise) {
    JsonNode limit = config.path("model_max_length");
    if (limit.isNumber() && limit.asDouble() < NO_LIMIT) {
      if (limit.asInt() < 2) {
        throw failure("model_max_length", "must be at least 2", limit, null);
      }
      return limit.asInt();
    }
    return positions(otherwise);
  }

  private int positions(int otherwise) {
    Path file = folder.resolve(MODEL_FILE);
    if (!Files.exists(file)) {
      return otherwise;
    }
    JsonNode model = VocabularyFiles.object(file);
    JsonNode positions = model.path("max_position_embeddings");
    if (positions.isMissingNode()) {
      positions = model.path("text_config").path("max_position_embeddings");
    }
    return positions.asInt() >= 2 ? positions.asInt() : otherwise;
  }

  SpecialTokens bertTokens() {
    SpecialTokens usual = SpecialTokens.BERT;
    return new SpecialTokens(
        token("unk_token", usual.unknown()),
        token("cls_token", usual.begin()),
        token("sep_token", usual.end()),
        token("pad_token", usual.pad()),
        token("mask_token", usual.mask()));
  }

  /** A token is a string or, in newer files, an object with its {@code content}. */
  private String token(String field, String otherwise) {
    JsonNode value = special.has(field) ? special.get(field) : config.path(field);
    return (value.isObject() ? value.path("content") : value).asText(otherwise);
  }

  private TokenizerException failure(String field, String must, JsonNode value, Throwable cause) {
    return new TokenizerException(
        folder.resolve(FILE) + ": " + field + " " + must + ", it is " + value, cause);
  }

  static void write(
      Path folder, WordPieceOptions options, SpecialTokens special, List<AddedToken> added) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "BertTokenizer");
    config.put("do_lower_case", options.lowerCase());
    config.put("strip_accents", options.stripAccents());
    config.put("tokenize_chinese_chars", options.splitsIdeographs());
    config.put("model_max_length", options.maxLength());
    config.put("unk_token", special.unknown());
    config.put("cls_token", special.begin());
    config.put("sep_token", special.end());
    config.put("pad_token", special.pad());
    config.put("mask_token", special.mask());
    write(added, config);
    AtomicFiles.writeString(folder.resolve(FILE), config.toPrettyString() + "\n");
  }

  private static void write(List<AddedToken> added, ObjectNode config) {
    if (added.isEmpty()) {
      return;
    }
    ObjectNode decoder = config.putObject(ADDED_TOKENS);
    for (AddedToken token : added) {
      ObjectNode node = decoder.putObject(Integer.toString(token.id()));
      node.put("content", token.content());
      node.put("single_word", token.singleWord());
      node.put("lstrip", token.stripsLeft());
      node.put("rstrip", token.stripsRight());
      node.put("normalized", token.normalized());
      node.put("special", token.special());
    }
  }

  static void writeClip(Path folder, int maxLength, List<AddedToken> added) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "CLIPTokenizer");
    config.put("model_max_length", maxLength);
    config.put("bos_token", ClipBpe.BEGIN);
    config.put("eos_token", ClipBpe.END);
    config.put("unk_token", ClipBpe.END);
    write(added, config);
    AtomicFiles.writeString(folder.resolve(FILE), config.toPrettyString() + "\n");
  }
}
