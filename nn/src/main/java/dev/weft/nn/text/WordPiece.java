package dev.weft.nn.text;

import dev.weft.nn.checkpoint.AtomicFiles;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * BERT's tokenizer: words, then for each word the longest piece of the vocabulary that it begins
 * with, then the longest that goes on ({@code ##piece}); a word that cannot be pieced together is
 * {@code [UNK]}. Equal to the tokenizer published with Devlin et al., arXiv 1810.04805.
 */
public final class WordPiece implements Tokenizer {
  static final String VOCABULARY_FILE = "vocab.txt";
  static final String CONTINUATION = "##";

  /** Longer words are not pieced together but unknown. */
  private static final int MAX_WORD_CHARACTERS = 100;

  private final List<String> vocabulary;
  private final Map<String, Integer> ids = new HashMap<>();
  private final WordPieceOptions options;
  private final SpecialTokens special;
  private final BasicTokenizer words;
  private final WordCache cache = new WordCache();
  private final int longestPiece;
  private final int unknown;
  private final int begin;
  private final int end;
  private final int pad;

  private WordPiece(
      String source, List<String> vocabulary, SpecialTokens special, WordPieceOptions options) {
    this.vocabulary = List.copyOf(vocabulary);
    this.special = special;
    this.options = options;
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.get(id), id);
    }
    this.words = new BasicTokenizer(options, Set.copyOf(special.all()));
    this.longestPiece = vocabulary.stream().mapToInt(String::length).max().orElse(0);
    this.unknown = require(source, special.unknown());
    this.begin = require(source, special.begin());
    this.end = require(source, special.end());
    this.pad = require(source, special.pad());
  }

  /** A tokenizer over tokens in the order of their ids, with BERT's special tokens among them. */
  public static WordPiece of(List<String> vocabulary, WordPieceOptions options) {
    return new WordPiece("vocabulary", vocabulary, SpecialTokens.BERT, options);
  }

  /**
   * Loads {@code vocab.txt}, and {@code tokenizer_config.json} where there is one, from a Hugging
   * Face folder.
   *
   * @throws TokenizerException if a file is missing or not what it should be
   */
  public static WordPiece load(Path folder) {
    Path file = folder.resolve(VOCABULARY_FILE);
    TokenizerConfig config = TokenizerConfig.read(folder);
    boolean lowerCase = config.flag("do_lower_case", true);
    WordPieceOptions options =
        new WordPieceOptions(
            lowerCase,
            config.flag("strip_accents", lowerCase),
            config.flag("tokenize_chinese_chars", true),
            config.maxLength(WordPieceOptions.UNCASED.maxLength()));
    List<String> vocabulary = VocabularyFiles.lines(file).stream().map(Characters::strip).toList();
    return new WordPiece(file.toString(), vocabulary, config.bertTokens(), options);
  }

  private int require(String source, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new TokenizerException(
          source + ": the vocabulary of " + vocabulary.size() + " tokens has no " + token);
    }
    return id;
  }

  /** The same vocabulary with another maximum length. */
  public WordPiece withMaxLength(int maxLength) {
    return new WordPiece("vocabulary", vocabulary, special, options.withMaxLength(maxLength));
  }

  @Override
  public Encoding encode(String text) {
    int[] inner = ids(text);
    int kept = Math.min(inner.length, options.maxLength() - 2);
    int[] all = new int[kept + 2];
    all[0] = begin;
    System.arraycopy(inner, 0, all, 1, kept);
    all[kept + 1] = end;
    return new Encoding(all);
  }

  @Override
  public int[] ids(String text) {
    IntList result = new IntList();
    for (String word : words.split(text)) {
      result.addAll(cache.get(word, this::pieces));
    }
    return result.toArray();
  }

  private int[] pieces(String word) {
    if (word.codePointCount(0, word.length()) > MAX_WORD_CHARACTERS) {
      return new int[] {unknown};
    }
    IntList pieces = new IntList();
    for (int start = 0; start < word.length(); ) {
      int end = longestPieceEnd(word, start);
      if (end < 0) {
        return new int[] {unknown};
      }
      pieces.add(ids.get(piece(word, start, end)));
      start = end;
    }
    return pieces.toArray();
  }

  private int longestPieceEnd(String word, int start) {
    for (int end = Math.min(word.length(), start + longestPiece); end > start; end--) {
      if (ids.containsKey(piece(word, start, end))) {
        return end;
      }
    }
    return -1;
  }

  private static String piece(String word, int start, int end) {
    return start == 0 ? word.substring(0, end) : CONTINUATION + word.substring(start, end);
  }

  @Override
  public String token(int id) {
    return vocabulary.get(id);
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public int padId() {
    return pad;
  }

  @Override
  public int maxLength() {
    return options.maxLength();
  }

  /** How text is treated. */
  public WordPieceOptions options() {
    return options;
  }

  /** Writes {@code vocab.txt} and {@code tokenizer_config.json}. */
  @Override
  public void save(Path folder) {
    AtomicFiles.writeString(folder.resolve(VOCABULARY_FILE), String.join("\n", vocabulary) + "\n");
    TokenizerConfig.write(folder, options, special);
  }
}
