package dev.weft.mp4sr.features;

import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the words of a dictionary that CLIP thinks nearest to pictures: TopN of the cosines. */
final class WordMatcher {
  private final List<String> words;
  private final float[][] vectors;

  /** {@code encoded}: what CLIP makes of the words, [words, projection]. */
  WordMatcher(WordDictionary dictionary, Tensor encoded) {
    words = dictionary.words();
    vectors = rows(encoded);
    for (float[] vector : vectors) {
      normalise(vector);
    }
  }

  /** A word and its cosine. */
  record Match(String word, double similarity) {}

  /**
   * The best words of each picture, best first; equal cosines in the order of the dictionary.
   *
   * @param images [pictures, projection]
   */
  List<List<Match>> best(Tensor images, int count) {
    List<List<Match>> all = new ArrayList<>();
    for (float[] image : rows(images)) {
      normalise(image);
      double[] cosines =
          IntStream.range(0, vectors.length).mapToDouble(w -> dot(image, vectors[w])).toArray();
      all.add(
          IntStream.range(0, cosines.length)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer w) -> -cosines[w]))
              .limit(count)
              .map(w -> new Match(words.get(w), cosines[w]))
              .toList());
    }
    return all;
  }

  private static float[][] rows(Tensor matrix) {
    float[] values = matrix.toFloats();
    int width = matrix.dim(1);
    float[][] rows = new float[matrix.dim(0)][width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, i * width, rows[i], 0, width);
    }
    return rows;
  }

  private static void normalise(float[] vector) {
    double norm = Math.sqrt(dot(vector, vector));
    for (int i = 0; i < vector.length && norm > 0; i++) {
      vector[i] = (float) (vector[i] / norm);
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
