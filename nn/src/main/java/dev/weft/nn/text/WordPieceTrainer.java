package dev.weft.nn.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes a WordPiece vocabulary from texts: characters first, then pieces by how often their halves
 * stand side by side. Deterministic, and independent of the texts' order.
 *
 * @param vocabularySize the most tokens, special ones included
 * @param minCount how often a pair must occur to become a piece
 * @param options how texts are treated, in training and after
 */
public record WordPieceTrainer(int vocabularySize, int minCount, WordPieceOptions options) {
  /** Rarer characters than this many are left to [UNK]. */
  private static final int MAX_ALPHABET = 1000;

  private static final int MAX_WORD_CHARACTERS = 100;

  /** A trainer of uncased vocabularies, of pieces seen at least twice. */
  public WordPieceTrainer(int vocabularySize) {
    this(vocabularySize, 2, WordPieceOptions.UNCASED);
  }

  /**
   * Learns a vocabulary.
   *
   * @throws TokenizerException if not even the texts' characters fit into it
   */
  public WordPiece train(Iterable<String> texts) {
    Map<String, Long> words = countWords(texts);
    Set<Integer> alphabet = alphabet(words);
    Set<String> vocabulary = new LinkedHashSet<>(SpecialTokens.BERT.all());
    alphabet.forEach(c -> vocabulary.add(Character.toString(c)));
    for (int c : alphabet) {
      if (!Characters.isPunctuation(c)) {
        vocabulary.add(WordPiece.CONTINUATION + Character.toString(c));
      }
    }
    if (vocabulary.size() > vocabularySize) {
      throw new TokenizerException(
          "word pieces: %d tokens do not hold the special tokens and characters; at least %d do"
              .formatted(vocabularySize, vocabulary.size()));
    }
    learn(words, alphabet, vocabulary);
    return WordPiece.of(List.copyOf(vocabulary), options);
  }

  private Map<String, Long> countWords(Iterable<String> texts) {
    TextPipeline splitter = WordPiece.of(SpecialTokens.BERT.all(), options).pipeline();
    Map<String, Long> counts = new TreeMap<>();
    for (String text : texts) {
      splitter.words(text, word -> counts.merge(word, 1L, Long::sum));
    }
    counts.keySet().removeIf(word -> word.codePointCount(0, word.length()) > MAX_WORD_CHARACTERS);
    return counts;
  }

  /** The texts' most frequent characters, and all of ASCII, whatever the texts hold. */
  private Set<Integer> alphabet(Map<String, Long> words) {
    Map<Integer, Long> counts = new HashMap<>();
    words.forEach(
        (word, count) -> word.codePoints().forEach(c -> counts.merge(c, count, Long::sum)));
    Comparator<Integer> frequent = Comparator.comparingLong(c -> -counts.get(c));
    Set<Integer> alphabet = new TreeSet<>();
    counts.keySet().stream()
        .sorted(frequent.thenComparing(Comparator.naturalOrder()))
        .limit(MAX_ALPHABET)
        .forEach(alphabet::add);
    for (int c = '!'; c <= '~'; c++) {
      if (!options.lowerCase() || !Character.isUpperCase(c)) {
        alphabet.add(c);
      }
    }
    return alphabet;
  }

  private void learn(Map<String, Long> words, Set<Integer> alphabet, Set<String> vocabulary) {
    PairLearner learner =
        new PairLearner((a, b) -> a + b.substring(WordPiece.CONTINUATION.length()));
    Set<Integer> known = new HashSet<>(alphabet);
    words.forEach(
        (word, count) -> {
          if (word.codePoints().allMatch(known::contains)) {
            learner.add(characters(word), count);
          }
        });
    while (vocabulary.size() < vocabularySize) {
      PairLearner.Merge merge = learner.next(minCount);
      if (merge == null) {
        return;
      }
      vocabulary.add(merge.result());
    }
  }

  private static List<String> characters(String word) {
    List<String> characters = new ArrayList<>();
    word.codePoints()
        .forEach(
            c ->
                characters.add(
                    (characters.isEmpty() ? "" : WordPiece.CONTINUATION) + Character.toString(c)));
    return characters;
  }
}
