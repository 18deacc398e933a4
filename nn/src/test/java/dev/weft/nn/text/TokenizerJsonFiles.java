package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes tokenizer.json files over vocabularies of our own, as Hugging Face's conversion does. */
public final class TokenizerJsonFiles {
  static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerJsonFiles() {}

  /** A BERT file; options as in the file's BertNormalizer. */
  public static ObjectNode bert(
      WordPiece tokenizer, boolean lower, Boolean accents, boolean chinese) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    ObjectNode vocab = JSON.createObjectNode();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      vocab.put(tokenizer.token(id), id);
      if (SpecialTokens.BERT.all().contains(tokenizer.token(id))) {
        add(added, id, tokenizer.token(id), false).put("special", true);
      }
    }
    ObjectNode normalizer = root.putObject("normalizer");
    normalizer.put("type", "BertNormalizer").put("clean_text", true);
    normalizer.put("handle_chinese_chars", chinese).put("strip_accents", accents);
    normalizer.put("lowercase", lower);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    template(root, vocab.get("[CLS]").asInt(), vocab.get("[SEP]").asInt());
    ObjectNode model = root.putObject("model");
    model.put("type", "WordPiece").put("unk_token", "[UNK]");
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
    model.set("vocab", vocab);
    return root;
  }

  private static void template(ObjectNode root, int cls, int sep) {
    ObjectNode processor = root.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = processor.putArray("single");
    ArrayNode pair = processor.putArray("pair");
    for (ArrayNode parts : List.of(single, pair)) {
      part(parts, "SpecialToken", "[CLS]", 0);
      part(parts, "Sequence", "A", 0);
      part(parts, "SpecialToken", "[SEP]", 0);
    }
    part(pair, "Sequence", "B", 1);
    part(pair, "SpecialToken", "[SEP]", 1);
    ObjectNode special = processor.putObject("special_tokens");
    special(special, "[CLS]", cls);
    special(special, "[SEP]", sep);
  }

  private static void part(ArrayNode parts, String kind, String id, int type) {
    parts.addObject().putObject(kind).put("id", id).put("type_id", type);
  }

  private static void special(ObjectNode special, String token, int id) {
    ObjectNode node = special.putObject(token).put("id", token);
    node.putArray("ids").add(id);
    node.putArray("tokens").add(token);
  }

  /** Appends an added token; the caller may change its flags. */
  static ObjectNode add(ArrayNode added, int id, String content, boolean normalized) {
    ObjectNode token = added.addObject();
    token.put("id", id).put("special", false).put("content", content).put("single_word", false);
    return token.put("lstrip", false).put("rstrip", false).put("normalized", normalized);
  }

  /** A CLIP file of a folder with vocab.json and merges.txt. */
  public static ObjectNode clip(Path folder, boolean mergesArePairs) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "1.0");
    ObjectNode vocab = (ObjectNode) JSON.readTree(folder.resolve("vocab.json").toFile());
    int begin = vocab.get(ClipBpe.BEGIN).asInt();
    int end = vocab.get(ClipBpe.END).asInt();
    ArrayNode added = root.putArray("added_tokens");
    add(added, begin, ClipBpe.BEGIN, true).put("special", true);
    add(added, end, ClipBpe.END, true).put("special", true);
    root.set("normalizer", JSON.readTree(CLIP_NORMALIZER));
    root.set("pre_tokenizer", clipPreTokenizer());
    ObjectNode processor = root.putObject("post_processor").put("type", "RobertaProcessing");
    processor.putArray("sep").add(ClipBpe.END).add(end);
    processor.putArray("cls").add(ClipBpe.BEGIN).add(begin);
    processor.put("trim_offsets", false).put("add_prefix_space", false);
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE").putNull("dropout").put("unk_token", ClipBpe.END);
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "</w>");
    model.put("fuse_unk", false);
    model.set("vocab", vocab);
    ArrayNode merges = model.putArray("merges");
    for (String line : Files.readAllLines(folder.resolve("merges.txt"))) {
      if (line.startsWith("#version") || line.isBlank()) {
        continue;
      }
      if (mergesArePairs) {
        String[] pair = line.split(" ", -1);
        merges.addArray().add(pair[0]).add(pair[1]);
      } else {
        merges.add(line);
      }
    }
    return root;
  }

  private static final String CLIP_NORMALIZER =
      """
      {"type": "Sequence", "normalizers": [{"type": "NFC"},
       {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "}, {"type": "Lowercase"}]}
      """;

  private static ObjectNode clipPreTokenizer() {
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", ClipText.Variant.LIBRARY.pattern);
    split.put("behavior", "Removed").put("invert", true);
    ObjectNode bytes = steps.addObject().put("type", "ByteLevel");
    bytes.put("add_prefix_space", false).put("trim_offsets", true);
    return sequence;
  }

  /** Puts another expression in the place of a CLIP file's. */
  static void replacePattern(ObjectNode clip, String pattern) {
    JsonNode split = clip.get("pre_tokenizer").get("pretokenizers").get(0);
    ((ObjectNode) split.get("pattern")).put("Regex", pattern);
  }

  /** Writes a file and gives its path. */
  static Path write(Path folder, String name, ObjectNode root) {
    try {
      return Files.writeString(folder.resolve(name), root.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
