package dev.weft.nn.text;

import java.nio.file.Path;
import java.util.List;

/** Splits text into the tokens of a vocabulary. Threads may share one. */
public interface Tokenizer {

  /** The text's ids between the special tokens, cut so that all fit into {@link #maxLength}. */
  Encoding encode(String text);

  /**
   * A text, or a pair of texts, with more to choose from.
   *
   * @param second the second text; null if there is one only
   * @throws TokenizerException if the tokens do not fit and what may be cut does not suffice
   */
  Encoding encode(String text, String second, EncodingOptions options);

  /** {@link #encode(String, String, EncodingOptions)} of one text. */
  default Encoding encode(String text, EncodingOptions options) {
    return encode(text, null, options);
  }

  /** The text's ids alone: no special tokens, not cut. */
  int[] ids(String text);

  /** The token with an id, as the vocabulary spells it. */
  String token(int id);

  /** Number of tokens in the vocabulary, added ones included. */
  int vocabularySize();

  /** The id that fills a batch's shorter rows. */
  int padId();

  /** The most tokens of an {@link Encoding}, special tokens included. */
  int maxLength();

  /** Writes the vocabulary files into a folder, as Hugging Face names them. */
  void save(Path folder);

  /** {@link #encode(String)} for each text. */
  default List<Encoding> encodeAll(List<String> texts) {
    return texts.stream().map(this::encode).toList();
  }

  /**
   * The tokenizer of a Hugging Face folder or of a vocabulary file: {@link WordPiece} or {@link
   * ClipBpe}, whichever has its files there.
   *
   * @throws TokenizerException if there is neither, or one that cannot be used
   */
  static Tokenizer load(Path path) {
    return VocabularySource.isClip(path) ? ClipBpe.load(path) : WordPiece.load(path);
  }

  /** Whether a folder holds a vocabulary, of whatever worth. */
  static boolean isIn(Path folder) {
    return VocabularySource.isIn(folder);
  }
}
