package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that were added to a vocabulary and stand in files of their own: {@code
 * added_tokens_decoder} in {@code tokenizer_config.json}, and {@code added_tokens.json} before it.
 */
final class AddedTokenFiles {
  /** No vocabulary has more tokens; a greater id would be memory for nothing. */
  static final int MAX_ID = 1 << 22;

  private static final String FILE = "added_tokens.json";
  private static final System.Logger LOG = System.getLogger(AddedTokenFiles.class.getName());

  private AddedTokenFiles() {}

  /** The folder's added tokens, of those whose ids are less than {@code limit}. */
  static List<AddedToken> read(Path folder, TokenizerConfig config, int limit) {
    Map<String, AddedToken> tokens = new LinkedHashMap<>();
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      for (var entry : VocabularyFiles.object(file).properties()) {
        int id = id(file.toString(), entry.getValue());
        tokens.put(
            entry.getKey(), new AddedToken(id, entry.getKey(), false, false, false, true, false));
      }
    }
    config.addedTokens().forEach(token -> tokens.put(token.content(), token));
    return within(folder, new ArrayList<>(tokens.values()), limit);
  }

  private static int id(String source, JsonNode id) {
    if (!id.isInt() || id.asInt() < 0 || id.asInt() > MAX_ID) {
      throw new TokenizerException(source + ": " + id + " is not the id of a token");
    }
    return id.asInt();
  }

  /** Tokens that the model has no vector for are left out: they could not be used. */
  static List<AddedToken> within(Path source, List<AddedToken> tokens, int limit) {
    List<AddedToken> kept = new ArrayList<>(tokens);
    kept.removeIf(token -> token.id() >= limit);
    if (kept.size() < tokens.size()) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} added tokens have ids that the model of {2} tokens lacks; they are text like"
              + " any other",
          source,
          tokens.size() - kept.size(),
          limit);
    }
    return kept;
  }
}
