package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  private static final String VOCABULARY_FILE = "vocab.json";
  private static final String MERGES_FILE = "merges.txt";
  private static final String MERGES_HEADER = "#version: 0.2";

  private final List<String> vocabulary;
  private final List<String> mergeLines;
  private final int maxLength;
  private final BpeMerges merges = new BpeMerges();
  private final int[] byteIds = new int[256];
  private final int[] lastByteIds = new int[256];
  private final int begin;
  private final int end;
  private final WordCache cache = new WordCache();

  private ClipBpe(String source, List<String> vocabulary, List<String> mergeLines, int maxLength) {
    if (maxLength < 2) {
      throw new TokenizerException(
          source + ": a maximum length of " + maxLength + " has no room for begin and end");
    }
    this.vocabulary = List.copyOf(vocabulary);
    this.mergeLines = List.copyOf(mergeLines);
    this.maxLength = maxLength;
    Map<String, Integer> ids = new HashMap<>();
    vocabulary.forEach(token -> ids.put(token, ids.size()));
    this.begin = require(source, ids, BEGIN);
    this.end = require(source, ids, END);
    for (int value = 0; value < 256; value++) {
      byteIds[value] = require(source, ids, ByteSymbols.of(value));
      lastByteIds[value] = require(source, ids, ByteSymbols.of(value) + WORD_END);
    }
    mergeLines.forEach(line -> addMerge(source, ids, line));
  }

  /**
   * A tokenizer over tokens in the order of their ids, and merges, each two tokens with a space
   * between them, in the order of their rank.
   */
  static ClipBpe of(List<String> vocabulary, List<String> merges, int maxLength) {
    return new ClipBpe("vocabulary", vocabulary, merges, maxLength);
  }

  /**
   * Loads {@code vocab.json} and {@code merges.txt} from a Hugging Face folder.
   *
   * @throws TokenizerException if a file is missing or not what it should be
   */
  public static ClipBpe load(Path folder) {
    Path file = folder.resolve(VOCABULARY_FILE);
    List<String> vocabulary = vocabulary(file, VocabularyFiles.object(file));
    List<String> lines = new ArrayList<>(VocabularyFiles.lines(folder.resolve(MERGES_FILE)));
    if (!lines.isEmpty() && lines.getFirst().startsWith("#version")) {
      lines.removeFirst();
    }
    lines.removeIf(String::isBlank);
    int maxLength = TokenizerConfig.read(folder).maxLength(MAX_LENGTH);
    return new ClipBpe(folder.toString(), vocabulary, lines, maxLength);
  }

  private static List<String> vocabulary(Path file, JsonNode json) {
    String[] tokens = new String[json.size()];
    for (var entry : json.properties()) {
      JsonNode id = entry.getValue();
      if (!id.isInt() || id.asInt() < 0 || id.asInt() >= tokens.length) {
        throw new TokenizerException(
            "%s: '%s' has id %s; ids must be 0 to %d"
                .formatted(file, entry.getKey(), id, tokens.length - 1));
      }
      if (tokens[id.asInt()] != null) {
        throw new TokenizerException(
            "%s: '%s' and '%s' both have id %s"
                .formatted(file, tokens[id.asInt()], entry.getKey(), id));
      }
      tokens[id.asInt()] = entry.getKey();
    }
    return List.of(tokens);
  }

  private void addMerge(String source, Map<String, Integer> ids, String line) {
    String[] pair = line.split(" ", -1);
    if (pair.length != 2) {
      throw new TokenizerException(
          source + ": merge '" + line + "' must be two tokens with a space between them");
    }
    merges.add(
        require(source, ids, pair[0]),
        require(source, ids, pair[1]),
        require(source, ids, pair[0] + pair[1]));
  }

  private static int require(String source, Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new TokenizerException(
          source + ": the vocabulary of " + ids.size() + " tokens has no '" + token + "'");
    }
    return id;
  }

  /** The same vocabulary with another maximum length. */
  public ClipBpe withMaxLength(int length) {
    return new ClipBpe("vocabulary", vocabulary, mergeLines, length);
  }

  @Override
  public Encoding encode(String text) {
    int[] inner = ids(text);
    int kept = Math.min(inner.length, maxLength - 2);
    int[] all = new int[kept + 2];
    all[0] = begin;
    System.arraycopy(inner, 0, all, 1, kept);
    all[kept + 1] = end;
    return new Encoding(all);
  }

  @Override
  public int[] ids(String text) {
    IntList result = new IntList();
    ClipText.split(ClipText.clean(text), word -> result.addAll(cache.get(word, this::mergedIds)));
    return result.toArray();
  }

  private int[] mergedIds(String word) {
    if (word.equals(BEGIN) || word.equals(END)) {
      return new int[] {word.equals(BEGIN) ? begin : end};
    }
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] symbols = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int value = Byte.toUnsignedInt(bytes[i]);
      symbols[i] = i == bytes.length - 1 ? lastByteIds[value] : byteIds[value];
    }
    return merges.apply(symbols);
  }

  @Override
  public String token(int id) {
    return vocabulary.get(id);
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
    return maxLength;
  }

  /** Writes {@code vocab.json}, {@code merges.txt} and {@code tokenizer_config.json}. */
  @Override
  public void save(Path folder) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (int id = 0; id < vocabulary.size(); id++) {
      json.put(vocabulary.get(id), id);
    }
    AtomicFiles.writeString(folder.resolve(VOCABULARY_FILE), json + "\n");
    String lines = String.join("\n", mergeLines);
    AtomicFiles.writeString(
        folder.resolve(MERGES_FILE), MERGES_HEADER + "\n" + lines + (lines.isEmpty() ? "" : "\n"));
    TokenizerConfig.writeClip(folder, maxLength);
  }
}
