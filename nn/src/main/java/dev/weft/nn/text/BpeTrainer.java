package dev.weft.nn.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a vocabulary of byte pairs for {@link ClipBpe} from texts. Every byte is in it, so nothing
 * is unknown. Deterministic, and independent of the texts' order.
 *
 * @param vocabularySize the most tokens: 512 bytes (plain, and as a word's last), merges, 2 special
 * @param minCount how often a pair must occur to be merged
 * @param maxLength the context length of the tokenizer that comes out
 */
public record BpeTrainer(int vocabularySize, int minCount, int maxLength) {
  private static final int SMALLEST = 2 * 256 + 2;

  /** Checks the size. */
  public BpeTrainer {
    if (vocabularySize < SMALLEST) {
      throw new TokenizerException(
          "byte pairs: %d tokens do not hold the bytes; at least %d do"
              .formatted(vocabularySize, SMALLEST));
    }
  }

  /** A trainer of pairs seen at least twice, for CLIP's context length. */
  public BpeTrainer(int vocabularySize) {
    this(vocabularySize, 2, ClipBpe.MAX_LENGTH);
  }

  /** Learns a vocabulary and its merges. */
  public ClipBpe train(Iterable<String> texts) {
    PairLearner learner = new PairLearner(String::concat);
    countWords(texts).forEach((word, count) -> learner.add(bytes(word), count));
    Set<String> vocabulary = new LinkedHashSet<>();
    for (String ending : List.of("", ClipBpe.WORD_END)) {
      for (int value : ByteSymbols.ORDER) {
        vocabulary.add(ByteSymbols.of(value) + ending);
      }
    }
    List<String> merges = new ArrayList<>();
    while (vocabulary.size() < vocabularySize - 2) {
      PairLearner.Merge merge = learner.next(minCount);
      if (merge == null) {
        break;
      }
      merges.add(merge.left() + " " + merge.right());
      vocabulary.add(merge.result());
    }
    vocabulary.add(ClipBpe.BEGIN);
    vocabulary.add(ClipBpe.END);
    return ClipBpe.of(List.copyOf(vocabulary), merges, maxLength);
  }

  private static Map<String, Long> countWords(Iterable<String> texts) {
    Map<String, Long> counts = new TreeMap<>();
    for (String text : texts) {
      ClipBpe.words(text, word -> counts.merge(word, 1L, Long::sum));
    }
    counts.keySet().removeAll(List.of(ClipBpe.BEGIN, ClipBpe.END));
    return counts;
  }

  private static List<String> bytes(String word) {
    List<String> symbols = new ArrayList<>();
    for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(ByteSymbols.of(Byte.toUnsignedInt(value)));
    }
    symbols.set(symbols.size() - 1, symbols.getLast() + ClipBpe.WORD_END);
    return symbols;
  }
}
