package dev.weft.nn.text;

/**
 * How {@link WordPiece} treats text, as in {@code tokenizer_config.json}.
 *
 * @param lowerCase {@code do_lower_case}
 * @param stripAccents {@code strip_accents}; where the file says nothing, as {@code lowerCase}
 * @param splitsIdeographs {@code tokenize_chinese_chars}: every Chinese character a word
 * @param maxLength {@code model_max_length}: the most tokens, special ones included
 */
public record WordPieceOptions(
    boolean lowerCase, boolean stripAccents, boolean splitsIdeographs, int maxLength) {

  /** Those of bert-base-uncased. */
  public static final WordPieceOptions UNCASED = new WordPieceOptions(true, true, true, 512);

  /** Checks the length: two tokens go to [CLS] and [SEP]. */
  public WordPieceOptions {
    if (maxLength < 2) {
      throw new TokenizerException(
          "tokenizer: a maximum length of " + maxLength + " has no room for [CLS] and [SEP]");
    }
  }

  /** The same with another maximum length. */
  public WordPieceOptions withMaxLength(int length) {
    return new WordPieceOptions(lowerCase, stripAccents, splitsIdeographs, length);
  }
}
