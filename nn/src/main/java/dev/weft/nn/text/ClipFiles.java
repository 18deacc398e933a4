package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes {@link ClipBpe} of the files that there are of it. */
final class ClipFiles {
  /** What OpenAI's code takes of its file: the vocabulary without bytes and markers. */
  private static final int ARCHIVE_MERGES = 49152 - 256 - 2;

  private static final int ARCHIVE_BYTES = 2 << 20;

  private ClipFiles() {}

  /** See {@link ClipBpe#load}. */
  static ClipBpe load(Path path) {
    TokenizerConfig config = VocabularySource.config(path);
    Path vocabulary = path.resolve(VocabularySource.CLIP_VOCABULARY);
    Path merges = path.resolve(VocabularySource.CLIP_MERGES);
    Path archive = Files.isDirectory(path) ? path.resolve(VocabularySource.CLIP_ARCHIVE) : path;
    Path json = VocabularySource.json(path);
    if (Files.exists(vocabulary) && Files.exists(merges)) {
      return loadFolder(path, config);
    }
    if (Files.exists(archive) && archive.toString().endsWith(".gz")) {
      return loadArchive(archive, config.maxLength(ClipBpe.MAX_LENGTH));
    }
    return json != null ? loadJson(TokenizerJson.read(json), config) : loadFolder(path, config);
  }

  private static ClipBpe loadFolder(Path folder, TokenizerConfig config) {
    Path file = folder.resolve(VocabularySource.CLIP_VOCABULARY);
    Vocabulary own = Vocabulary.of(file.toString(), VocabularyFiles.object(file));
    List<String> lines =
        new ArrayList<>(VocabularyFiles.lines(folder.resolve(VocabularySource.CLIP_MERGES)));
    if (!lines.isEmpty() && lines.getFirst().startsWith("#version")) {
      lines.removeFirst();
    }
    lines.removeIf(String::isBlank);
    List<AddedToken> added =
        new ArrayList<>(AddedTokenFiles.read(folder, config, config.modelVocabulary()));
    added.removeIf(
        token -> token.content().equals(ClipBpe.BEGIN) || token.content().equals(ClipBpe.END));
    return ClipBpe.of(
        folder.toString(),
        own,
        lines,
        added,
        config.maxLength(ClipBpe.MAX_LENGTH),
        config.truncationSide());
  }

  /** OpenAI's file: a line that tells its origin, then merges, of which the first so many count. */
  private static ClipBpe loadArchive(Path file, int maxLength) {
    List<String> lines =
        VocabularyFiles.firstCompressedLines(file, ARCHIVE_MERGES + 1, ARCHIVE_BYTES);
    List<String> merges = new ArrayList<>(lines.subList(1, lines.size()));
    // A shorter file than OpenAI's is read to its end, where their code finds an empty token.
    boolean endsEmpty = !merges.isEmpty() && merges.getLast().isEmpty();
    if (endsEmpty) {
      merges.removeLast();
    }
    List<String> tokens = new ArrayList<>();
    for (String ending : List.of("", ClipBpe.WORD_END)) {
      for (int value : ByteSymbols.ORDER) {
        tokens.add(ByteSymbols.of(value) + ending);
      }
    }
    for (String line : merges) {
      BytePairs.Merge merge = BytePairs.Merge.parse(file.toString(), line);
      tokens.add(merge.left() + merge.right());
    }
    if (endsEmpty) {
      tokens.add("");
    }
    tokens.add(ClipBpe.BEGIN);
    tokens.add(ClipBpe.END);
    return ClipBpe.of(
        file.toString(),
        Vocabulary.of(tokens),
        merges,
        List.of(),
        maxLength,
        EncodingOptions.Side.RIGHT);
  }

  private static ClipBpe loadJson(TokenizerJson json, TokenizerConfig config) {
    json.requireModel("BPE");
    String source = json.file().toString();
    JsonNode model = json.model();
    Vocabulary own = json.vocabulary();
    List<AddedToken> added = json.addedTokens(own, config.modelVocabulary());
    Vocabulary all = own.with(added);
    requireClip(json, model);
    JsonNode unknown = model.path("unk_token");
    int unknownId = unknown.isTextual() ? all.ids().getOrDefault(unknown.asText(), -1) : -1;
    List<BytePairs.Merge> merges = merges(source, model.path("merges"));
    BytePairs words = new BytePairs(source, own, merges, Map.of(), unknownId);
    TextPipeline.Parts parts = new TokenizerJsonSteps(json, json.normalizer()).parts();
    Encoder encoder =
        new Encoder(
            new TextPipeline(parts, words, added),
            json.template(all),
            config.maxLength(ClipBpe.MAX_LENGTH),
            config.truncationSide());
    int end = all.require(source, ClipBpe.END);
    return new ClipBpe(
        all, own.size(), added, merges, encoder, end, VocabularyFiles.text(json.file()));
  }

  /** Options of the library's byte pairs that no CLIP has. */
  private static void requireClip(TokenizerJson json, JsonNode model) {
    boolean isClip =
        model.path("end_of_word_suffix").asText("").equals(ClipBpe.WORD_END)
            && model.path("continuing_subword_prefix").asText("").isEmpty()
            && model.path("dropout").asDouble(0) == 0
            && !model.path("fuse_unk").asBoolean()
            && !model.path("byte_fallback").asBoolean()
            && !model.path("ignore_merges").asBoolean();
    if (!isClip) {
      ObjectNode options = ((ObjectNode) model).deepCopy();
      options.remove(List.of("vocab", "merges"));
      throw json.unsupported("model", options);
    }
  }

  /** Merges are strings, or, in newer files, pairs of strings. */
  private static List<BytePairs.Merge> merges(String source, JsonNode nodes) {
    List<BytePairs.Merge> merges = new ArrayList<>();
    for (JsonNode node : nodes) {
      if (node.isTextual()) {
        merges.add(BytePairs.Merge.parse(source, node.asText()));
      } else if (node.size() == 2 && node.path(0).isTextual() && node.path(1).isTextual()) {
        merges.add(new BytePairs.Merge(node.path(0).asText(), node.path(1).asText()));
      } else {
        throw new TokenizerException(source + ": merge " + node + " is not two tokens");
      }
    }
    return merges;
  }
}
