package dev.weft.mp4sr.features;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stand-in for a language model: every word has a vector of N(0, 1), drawn from a hash of the
 * word and so the same everywhere, and a sentence is the sum of its words' vectors divided by the
 * root of their number. Nearly orthogonal words make this a random projection of the bag of words
 * (Johnson and Lindenstrauss): sentences with common words are alike, and that is all it knows.
 */
final class BagOfWords implements TextEncoder {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+(?:['-][\\p{L}\\p{N}_]+)*");
  private static final int REMEMBERED = 1 << 14;

  private final int width;
  private final Map<String, float[]> vectors = new HashMap<>();

  BagOfWords(int width) {
    this.width = width;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public float[] encode(List<String> sentences) {
    float[] all = new float[Math.multiplyExact(sentences.size(), width)];
    for (int i = 0; i < sentences.size(); i++) {
      add(sentences.get(i).toLowerCase(Locale.ROOT), all, i * width);
    }
    return all;
  }

  private void add(String sentence, float[] all, int at) {
    Matcher words = WORD.matcher(sentence);
    int count = 0;
    for (; words.find(); count++) {
      add(vector(words.group()), all, at);
    }
    if (count == 0) {
      // Signs alone are one word: a sentence that is there must not look like none.
      add(vector(sentence), all, at);
      count = 1;
    }
    float scale = (float) (1 / Math.sqrt(count));
    for (int d = 0; d < width; d++) {
      all[at + d] *= scale;
    }
  }

  private void add(float[] vector, float[] all, int at) {
    for (int d = 0; d < width; d++) {
      all[at + d] += vector[d];
    }
  }

  private float[] vector(String word) {
    if (vectors.size() >= REMEMBERED) {
      vectors.clear();
    }
    return vectors.computeIfAbsent(word, this::draw);
  }

  /** {@link Random} is specified down to its bits. */
  private float[] draw(String word) {
    Random random = new Random(hash(word));
    float[] vector = new float[width];
    for (int d = 0; d < width; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** FNV-1a. */
  private static long hash(String word) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }
}
