package dev.weft.nn.text;

import java.nio.file.Path;
import java.util.List;

/** Splits text into the tokens of a vocabulary. Threads may share one. */
public interface Tokenizer {

  /** The text's ids between the special tokens, cut so that all fit into {@link #maxLength}. */
  Encoding encode(String text);

  /** The text's ids alone: no special tokens, not cut. */
  int[] ids(String text);

  /** The token with an id, as the vocabulary spells it. */
  String token(int id);

  /** Number of tokens in the vocabulary. */
  int vocabularySize();

  /** The id that fills a batch's shorter rows. */
  int padId();

  /** The most tokens of an {@link Encoding}, special tokens included. */
  int maxLength();

  /** Writes the vocabulary files into a folder, as Hugging Face names them. */
  void save(Path folder);

  /** {@link #encode} for each text. */
  default List<Encoding> encodeAll(List<String> texts) {
    return texts.stream().map(this::encode).toList();
  }
}
