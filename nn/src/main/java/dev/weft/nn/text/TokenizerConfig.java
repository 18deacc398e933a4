package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder's {@code tokenizer_config.json}, and {@code config.json} for what the former omits. */
final class TokenizerConfig {
  private static final String FILE = "tokenizer_config.json";
  private static final String MODEL_FILE = "config.json";

  /** Hugging Face writes 1e30 where nobody set a limit. */
  private static final double NO_LIMIT = 1e9;

  private final Path folder;
  private final JsonNode config;

  private TokenizerConfig(Path folder, JsonNode config) {
    this.folder = folder;
    this.config = config;
  }

  /** Reads the file; a folder without one gets the defaults, as bert-base-uncased once had. */
  static TokenizerConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    JsonNode config =
        Files.exists(file) ? VocabularyFiles.object(file) : JsonNodeFactory.instance.objectNode();
    return new TokenizerConfig(folder, config);
  }

  boolean flag(String field, boolean otherwise) {
    JsonNode value = config.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw failure(field, "must be true or false", value);
    }
    return value.asBoolean();
  }

  /** The most tokens: the tokenizer's limit, else the model's number of positions. */
  int maxLength(int otherwise) {
    JsonNode limit = config.path("model_max_length");
    if (limit.isNumber() && limit.asDouble() < NO_LIMIT) {
      if (limit.asInt() < 2) {
        throw failure("model_max_length", "must be at least 2", limit);
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
    JsonNode value = config.path(field);
    return (value.isObject() ? value.path("content") : value).asText(otherwise);
  }

  private TokenizerException failure(String field, String must, JsonNode value) {
    return new TokenizerException(
        folder.resolve(FILE) + ": " + field + " " + must + ", it is " + value);
  }

  static void write(Path folder, WordPieceOptions options, SpecialTokens special) {
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
    AtomicFiles.writeString(folder.resolve(FILE), config.toPrettyString() + "\n");
  }

  static void writeClip(Path folder, int maxLength) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "CLIPTokenizer");
    config.put("model_max_length", maxLength);
    config.put("bos_token", ClipBpe.BEGIN);
    config.put("eos_token", ClipBpe.END);
    config.put("unk_token", ClipBpe.END);
    AtomicFiles.writeString(folder.resolve(FILE), config.toPrettyString() + "\n");
  }
}
