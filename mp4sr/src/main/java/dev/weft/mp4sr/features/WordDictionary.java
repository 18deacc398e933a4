package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dictionary D: the words among which CLIP chooses a picture's description.
 *
 * @param words distinct, lower case
 */
public record WordDictionary(List<String> words) {
  private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}'-]*\\p{L}");
  private static final String STOP_WORDS = "stopwords.txt";

  /**
   * Checks the words.
   *
   * @throws DataException when there are none or one is blank
   */
  public WordDictionary {
    words = List.copyOf(new LinkedHashSet<>(words));
    if (words.isEmpty() || words.stream().anyMatch(String::isBlank)) {
      throw new DataException("dictionary: no words, or a blank one");
    }
  }

  /**
   * The catalogue's own words: those that stand in at least {@code minItems} items and at most in
   * the share {@code maxShare} of them, without the stop words (function words, verbs and adverbs
   * of English; what is left are, nearly, nouns and adjectives). The {@code limit} most frequent,
   * the most frequent first, ties by the alphabet.
   *
   * @throws DataException when no word is left
   */
  public static WordDictionary of(Dataset dataset, int minItems, double maxShare, int limit) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Item item : dataset.items()) {
      itemWords(item).forEach(word -> counts.merge(word, 1, Integer::sum));
    }
    Set<String> stopWords = stopWords();
    double most = maxShare * dataset.items().size();
    List<String> words =
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() >= minItems && entry.getValue() <= most)
            .filter(entry -> !isStopWord(entry.getKey(), stopWords))
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(limit)
            .map(Map.Entry::getKey)
            .toList();
    if (words.isEmpty()) {
      throw new DataException(
          "dictionary: the texts of %d items hold no word of at least %d items; give a file of words"
              .formatted(dataset.items().size(), minItems));
    }
    return new WordDictionary(words);
  }

  /** At least 3 items, at most a fifth of them, 3,000 words. */
  public static WordDictionary of(Dataset dataset) {
    return of(dataset, 3, 0.2, 3000);
  }

  /**
   * Reads a file with a word a line; blank lines and lines that begin with # do not count.
   *
   * @throws DataException naming the file
   */
  public static WordDictionary read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      List<String> words = wordLines(lines);
      if (words.isEmpty()) {
        throw new DataException(file + ": no words");
      }
      return new WordDictionary(words);
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new DataException(file + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<String> wordLines(List<String> lines) {
    return lines.stream()
        .map(line -> line.replace("\uFEFF", "").strip().toLowerCase(Locale.ROOT))
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static Set<String> itemWords(Item item) {
    Set<String> words = new HashSet<>();
    for (String text : item.texts()) {
      Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
      while (matcher.find()) {
        words.add(matcher.group());
      }
    }
    return words;
  }

  private static boolean isStopWord(String word, Set<String> stopWords) {
    boolean isAdverb = word.length() > 4 && word.endsWith("ly");
    return word.length() < 3 || isAdverb || stopWords.contains(word);
  }

  private static Set<String> stopWords() {
    try (var in = WordDictionary.class.getResourceAsStream(STOP_WORDS)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new HashSet<>(List.of(text.strip().split("\\s+")));
    } catch (IOException e) {
      throw new DataException("dictionary: the list of stop words cannot be read", e);
    }
  }
}
