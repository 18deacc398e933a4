package dev.weft.mp4sr.model;

import dev.weft.nn.AttentionPooling;
import dev.weft.nn.LayerNorm;
import dev.weft.nn.Linear;
import dev.weft.nn.MixtureOfExperts;
import dev.weft.nn.TransformerLayer;
import dev.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BiPredicate;

/** The equations of docs/mp4sr.md, written down in plain loops over float64. */
final class Equations {
  private Equations() {}

  static double[][] rows(Tensor matrix) {
    double[] values = matrix.toDoubles();
    int width = matrix.dim(-1);
    double[][] rows = new double[width == 0 ? 0 : values.length / width][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(values, i * width, (i + 1) * width));
    return rows;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[] plus(double[] a, double[] b) {
    double[] sum = a.clone();
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  static double cos(double[] a, double[] b) {
    double lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return lengths == 0 ? 0 : dot(a, b) / lengths;
  }

  static double[] linear(double[] x, Linear layer) {
    double[][] weight = rows(layer.weight().value());
    double[] y = layer.bias() == null ? new double[weight.length] : doubles(layer);
    for (int out = 0; out < y.length; out++) {
      y[out] += dot(weight[out], x);
    }
    return y;
  }

  private static double[] doubles(Linear layer) {
    return layer.bias().value().toDoubles();
  }

  static double[] softmax(double[] x) {
    double greatest = Arrays.stream(x).max().orElse(0);
    double[] y = Arrays.stream(x).map(v -> Math.exp(v - greatest)).toArray();
    double sum = Arrays.stream(y).sum();
    return Arrays.stream(y).map(v -> v / sum).toArray();
  }

  static double[] layerNorm(double[] x, double[] gamma, double[] beta, double epsilon) {
    double mean = Arrays.stream(x).average().orElse(0);
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElse(0);
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> (x[i] - mean) / Math.sqrt(variance + epsilon) * gamma[i] + beta[i]);
    return y;
  }

  static double[] layerNorm(double[] x, LayerNorm norm) {
    return layerNorm(
        x, norm.weight().value().toDoubles(), norm.bias().value().toDoubles(), norm.epsilon());
  }

  /** e = Σ_j α_j x_j, α over the sentences that count. */
  static double[] pool(double[][] sentences, boolean[] counts, AttentionPooling pooling) {
    double[] logits = new double[sentences.length];
    for (int j = 0; j < logits.length; j++) {
      double[] hidden = linear(sentences[j], pooling.projection());
      logits[j] = counts[j] ? linear(hidden, pooling.score())[0] : Double.NEGATIVE_INFINITY;
    }
    double[] alpha = softmax(logits);
    double[] e = new double[sentences[0].length];
    for (int j = 0; j < alpha.length; j++) {
      for (int i = 0; i < e.length && counts[j]; i++) {
        e[i] += alpha[j] * sentences[j][i];
      }
    }
    return e;
  }

  /** z = Σ_k g_k LayerNorm(e W_k + b_k). */
  static double[] experts(double[] e, MixtureOfExperts mixture) {
    double[] gates = softmax(linear(e, mixture.gate()));
    double[] all = linear(e, mixture.experts());
    double[][] gamma = rows(mixture.normWeight().value());
    double[][] beta = rows(mixture.normBias().value());
    int hidden = gamma[0].length;
    double[] z = new double[hidden];
    for (int k = 0; k < gates.length; k++) {
      double[] own = Arrays.copyOfRange(all, k * hidden, (k + 1) * hidden);
      double[] expert = layerNorm(own, gamma[k], beta[k], mixture.epsilon());
      for (int i = 0; i < hidden; i++) {
        z[i] += gates[k] * expert[i];
      }
    }
    return z;
  }

  /** The last position of the last layer, for the real positions of one sequence. */
  static double[] encode(double[][] items, SequenceEncoder encoder) {
    double[][] positions = rows(encoder.positions().weight().value());
    double[][] x = new double[items.length][];
    Arrays.setAll(x, i -> layerNorm(plus(items[i], positions[i]), encoder.norm()));
    for (TransformerLayer layer : encoder.transformer().layers()) {
      x = layer(x, layer);
    }
    return x[x.length - 1];
  }

  private static double[][] layer(double[][] x, TransformerLayer layer) {
    double[][] y = new double[x.length][];
    for (int query = 0; query < x.length; query++) {
      double[] attended = attend(x, query, layer);
      double[] middle =
          layerNorm(
              plus(x[query], linear(attended, layer.attention().output())), layer.attentionNorm());
      double[] inner = linear(middle, layer.feedForward().intermediate());
      Arrays.setAll(inner, i -> gelu(inner[i]));
      y[query] =
          layerNorm(
              plus(middle, linear(inner, layer.feedForward().output())), layer.feedForwardNorm());
    }
    return y;
  }

  private static double[] attend(double[][] x, int query, TransformerLayer layer) {
    int hidden = x[0].length;
    int heads = layer.attention().heads();
    int size = hidden / heads;
    double[][] projected = new double[query + 1][];
    Arrays.setAll(projected, i -> linear(x[i], layer.attention().queryKeyValue()));
    double[] y = new double[hidden];
    for (int head = 0; head < heads; head++) {
      double[] logits = new double[query + 1];
      for (int key = 0; key <= query; key++) {
        for (int i = head * size; i < (head + 1) * size; i++) {
          logits[key] += projected[query][i] * projected[key][hidden + i] / Math.sqrt(size);
        }
      }
      double[] weights = softmax(logits);
      for (int key = 0; key <= query; key++) {
        for (int i = head * size; i < (head + 1) * size; i++) {
          y[i] += weights[key] * projected[key][2 * hidden + i];
        }
      }
    }
    return y;
  }

  /** x Φ(x), the normal distribution function by its integral (Simpson's rule). */
  static double gelu(double x) {
    int steps = 2000;
    double width = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      double t = i * width;
      sum += weight * Math.exp(-t * t / 2);
    }
    return x * (0.5 + sum * width / 3 / Math.sqrt(2 * Math.PI));
  }

  /** f(s, z) = exp(cos(s, z)/τ). */
  static double f(double[] s, double[] z, double temperature) {
    return Math.exp(cos(s, z) / temperature);
  }

  /**
   * L_NIP in one space.
   *
   * @param sequences one or two matrices [batch][hidden]
   * @param replaced what a duplicate pair adds for each sequence; null: what it adds anyway
   */
  static double nextItem(
      double[][][] sequences, double[][] z, int[] next, double temperature, Double replaced) {
    double loss = 0;
    for (int j = 0; j < next.length; j++) {
      double own = 0;
      double all = 0;
      for (double[][] m : sequences) {
        own += f(m[j], z[j], temperature);
        for (int other = 0; other < next.length; other++) {
          boolean duplicate = other != j && next[other] == next[j];
          all += duplicate && replaced != null ? replaced : f(m[j], z[other], temperature);
        }
      }
      loss -= Math.log(own / all) / next.length;
    }
    return loss;
  }

  /**
   * L_CMCL in one space.
   *
   * @param mirrored whether l_2 has Σ f(b_j, a_j')
   * @param duplicate whether two rows have the same next item
   * @param replaced what a duplicate pair adds in each sum; null: what it adds anyway
   */
  static double contrast(
      double[][] a,
      double[][] b,
      double temperature,
      boolean mirrored,
      BiPredicate<Integer, Integer> duplicate,
      Double replaced) {
    double loss = 0;
    for (int j = 0; j < a.length; j++) {
      double first = 0;
      double second = 0;
      for (int other = 0; other < a.length; other++) {
        boolean replace = other != j && replaced != null && duplicate.test(j, other);
        double ab = f(a[j], b[other], temperature);
        double ba = f(b[j], a[other], temperature);
        first += replace ? replaced : ab;
        second += replace ? replaced : mirrored ? ba : ab;
        if (other != j) {
          first += replace ? replaced : f(a[j], a[other], temperature);
          second += replace ? replaced : f(b[j], b[other], temperature);
        }
      }
      double own = f(a[j], b[j], temperature);
      loss -= (Math.log(own / first) + Math.log(own / second)) / (2 * a.length);
    }
    return loss;
  }

  /** Cross-entropy of rows of logits. */
  static double crossEntropy(double[][] logits, int[] targets) {
    double loss = 0;
    for (int i = 0; i < logits.length; i++) {
      loss -= Math.log(softmax(logits[i])[targets[i]]) / logits.length;
    }
    return loss;
  }
}
