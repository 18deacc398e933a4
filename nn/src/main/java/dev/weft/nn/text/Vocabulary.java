package dev.weft.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tokens and their ids. */
final class Vocabulary {
  private final String[] tokens;
  private final Map<String, Integer> ids = new HashMap<>();

  private Vocabulary(String[] tokens) {
    this.tokens = tokens;
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] != null) {
        ids.put(tokens[id], id);
      }
    }
  }

  /** Tokens in the order of their ids; of two that are alike, the second counts. */
  static Vocabulary of(List<String> tokens) {
    return new Vocabulary(tokens.toArray(new String[0]));
  }

  /** An object of tokens and their ids, which must be 0 to its size. */
  static Vocabulary of(String source, JsonNode json) {
    return of(source, json, json.size());
  }

  /**
   * An object of tokens and their ids, which must be less than {@code limit}; ids without a token
   * may be between them.
   */
  static Vocabulary of(String source, JsonNode json, int limit) {
    if (!json.isObject()) {
      throw new TokenizerException(source + ": the vocabulary must be an object of tokens and ids");
    }
    String[] tokens = new String[limit];
    int size = 0;
    for (var entry : json.properties()) {
      JsonNode id = entry.getValue();
      if (!id.isInt() || id.asInt() < 0 || id.asInt() >= limit) {
        throw new TokenizerException(
            "%s: '%s' has id %s; ids must be 0 to %d"
                .formatted(source, entry.getKey(), id, limit - 1));
      }
      if (tokens[id.asInt()] != null) {
        throw new TokenizerException(
            "%s: '%s' and '%s' both have id %s"
                .formatted(source, tokens[id.asInt()], entry.getKey(), id));
      }
      tokens[id.asInt()] = entry.getKey();
      size = Math.max(size, id.asInt() + 1);
    }
    return new Vocabulary(Arrays.copyOf(tokens, size));
  }

  /** The same with added tokens, which keep an id's first name where it has one. */
  Vocabulary with(List<AddedToken> added) {
    int size = tokens.length;
    for (AddedToken token : added) {
      size = Math.max(size, token.id() + 1);
    }
    String[] all = Arrays.copyOf(tokens, size);
    for (AddedToken token : added) {
      if (all[token.id()] == null) {
        all[token.id()] = token.content();
      }
    }
    return new Vocabulary(all);
  }

  /** A token; null where an id has none. */
  String token(int id) {
    return tokens[id];
  }

  int size() {
    return tokens.length;
  }

  Map<String, Integer> ids() {
    return ids;
  }

  List<String> tokens() {
    return List.of(tokens);
  }

  int require(String source, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new TokenizerException(
          source + ": the vocabulary of " + ids.size() + " tokens has no " + token);
    }
    return id;
  }
}
