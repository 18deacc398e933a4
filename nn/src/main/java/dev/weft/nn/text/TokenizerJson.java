package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code tokenizer.json}, the one file of Hugging Face's tokenizers library: what of its parts
 * BERT and CLIP use, and their close relatives. Anything else is refused by name.
 *
 * <p>Its {@code truncation} and {@code padding} are not applied, as transformers does not apply
 * them: there each call says what it wants.
 */
final class TokenizerJson {
  static final String FILE = "tokenizer.json";

  private final Path file;
  private final JsonNode root;

  private TokenizerJson(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static TokenizerJson read(Path file) {
    JsonNode root = VocabularyFiles.object(file);
    if (!root.path("model").isObject()) {
      throw new TokenizerException(file + ": has no 'model'; not a tokenizer.json");
    }
    return new TokenizerJson(file, root);
  }

  Path file() {
    return file;
  }

  JsonNode model() {
    return root.get("model");
  }

  /**
   * {@code WordPiece} or {@code BPE}; files before the field was there are told by their merges.
   */
  String modelType() {
    String otherwise = model().has("merges") ? "BPE" : "WordPiece";
    return model().path("type").asText(otherwise);
  }

  void requireModel(String type) {
    if (!modelType().equals(type)) {
      throw new TokenizerException(
          "%s: model.type is %s; this tokenizer takes %s".formatted(file, modelType(), type));
    }
  }

  /** The model's own tokens; ids for added ones may be left free between them. */
  Vocabulary vocabulary() {
    JsonNode vocab = model().path("vocab");
    long limit = vocab.size() + (long) addedNodes().size();
    return Vocabulary.of(file.toString(), vocab, (int) Math.min(Integer.MAX_VALUE - 8, limit));
  }

  private List<JsonNode> addedNodes() {
    List<JsonNode> nodes = new ArrayList<>();
    root.path("added_tokens").forEach(nodes::add);
    return nodes;
  }

  /**
   * The added tokens, of those whose ids are less than {@code limit}. One that the model's own
   * tokens hold has its id from there, whatever is written beside it, as in the library.
   */
  List<AddedToken> addedTokens(Vocabulary own, int limit) {
    List<AddedToken> tokens = new ArrayList<>();
    for (JsonNode node : addedNodes()) {
      AddedToken token = added(file + ": added_tokens", node.path("id"), node);
      tokens.add(token.withId(own.ids().getOrDefault(token.content(), token.id())));
    }
    return AddedTokenFiles.within(file, tokens, limit);
  }

  /** An added token as all files of Hugging Face write it. */
  static AddedToken added(String source, JsonNode id, JsonNode node) {
    if (!id.isInt() || id.asInt() < 0 || id.asInt() > AddedTokenFiles.MAX_ID) {
      throw new TokenizerException(source + ": id " + id + " of " + node + " is not one");
    }
    if (!node.path("content").isTextual()) {
      throw new TokenizerException(source + ": " + node + " has no 'content'");
    }
    boolean special = node.path("special").asBoolean(false);
    return new AddedToken(
        id.asInt(),
        node.path("content").asText(),
        node.path("single_word").asBoolean(false),
        node.path("lstrip").asBoolean(false),
        node.path("rstrip").asBoolean(false),
        node.path("normalized").asBoolean(!special),
        special);
  }

  JsonNode normalizer() {
    return root.path("normalizer");
  }

  JsonNode preTokenizer() {
    return root.path("pre_tokenizer");
  }

  /** What is put around texts. */
  Template template(Vocabulary vocabulary) {
    return template(root.path("post_processor"), vocabulary);
  }

  private Template template(JsonNode node, Vocabulary vocabulary) {
    return switch (node.path("type").asText("")) {
      case "", "ByteLevel" -> Template.BARE;
      case "BertProcessing" ->
          Template.bert(id(node, "cls", vocabulary), id(node, "sep", vocabulary));
      case "RobertaProcessing" ->
          Template.roberta(id(node, "cls", vocabulary), id(node, "sep", vocabulary));
      case "TemplateProcessing" ->
          new Template(
              parts(node, "single", vocabulary),
              node.path("pair").isArray() ? parts(node, "pair", vocabulary) : Template.BARE.pair());
      case "Sequence" -> lastOf(node.path("processors"), vocabulary);
      default -> throw unsupported("post_processor", node);
    };
  }

  private Template lastOf(JsonNode processors, Vocabulary vocabulary) {
    Template last = Template.BARE;
    for (JsonNode processor : processors) {
      // ByteLevel changes offsets, and only where a word begins with a space.
      if (!processor.path("type").asText().equals("ByteLevel")) {
        last = template(processor, vocabulary);
      }
    }
    return last;
  }

  /** {@code ["[SEP]", 102]}. */
  private int id(JsonNode node, String field, Vocabulary vocabulary) {
    return checked(node.path(field).path(1), "post_processor." + field, vocabulary);
  }

  private int checked(JsonNode id, String field, Vocabulary vocabulary) {
    if (!id.isInt() || id.asInt() < 0 || id.asInt() >= vocabulary.size()) {
      throw new TokenizerException(
          "%s: %s: id %s is none of the %d tokens".formatted(file, field, id, vocabulary.size()));
    }
    return id.asInt();
  }

  private List<Template.Part> parts(JsonNode node, String field, Vocabulary vocabulary) {
    List<Template.Part> parts = new ArrayList<>();
    for (JsonNode part : node.path(field)) {
      parts.add(part(node, field, part, vocabulary));
    }
    return parts;
  }

  private Template.Part part(JsonNode node, String field, JsonNode part, Vocabulary vocabulary) {
    JsonNode text = part.path("Sequence");
    if (text.isObject()) {
      boolean second = text.path("id").asText().equals("B");
      if (second && field.equals("single")) {
        throw new TokenizerException(file + ": post_processor.single has a second text");
      }
      return Template.Part.text(
          second ? Template.SECOND : Template.FIRST, text.path("type_id").asInt());
    }
    JsonNode special = part.path("SpecialToken");
    JsonNode ids = node.path("special_tokens").path(special.path("id").asText()).path("ids");
    if (!ids.isArray() || ids.isEmpty()) {
      throw new TokenizerException(
          "%s: post_processor.%s: no special token for %s".formatted(file, field, part));
    }
    int[] values = new int[ids.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = checked(ids.get(i), "post_processor.special_tokens", vocabulary);
    }
    return new Template.Part(-1, values, special.path("type_id").asInt());
  }

  TokenizerException unsupported(String field, JsonNode node) {
    return new TokenizerException(
        "%s: %s of type %s, or an option of it, is not supported: %s"
            .formatted(file, field, node.path("type").asText("unknown"), shortened(node)));
  }

  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
